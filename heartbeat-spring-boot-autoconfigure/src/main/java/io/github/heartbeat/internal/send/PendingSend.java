package io.github.heartbeat.internal.send;

import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.message.Utf8;
import io.github.heartbeat.internal.observe.ClientObservation;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A message on its way to the socket, and the future that tells its sender.
 */
public final class PendingSend {

	private final String clientName;

	private final ClientObservation observation;

	private final WebSocketMessage<?> message;

	private final long bytes;

	private final CompletableFuture<Void> future = new CompletableFuture<>();

	/** Guarded by the queue. */
	private long acceptedAt;

	/** Why it is not written; set before it is added to the completions. */
	private @Nullable Reason failure;

	/** The next one in the completions. */
	private @Nullable PendingSend next;

	public PendingSend(String clientName, WebSocketMessage<?> message, ClientObservation observation) {
		this.clientName = clientName;
		this.observation = observation;
		this.message = ownPosition(message);
		this.bytes = size(message);
	}

	private static long size(WebSocketMessage<?> message) {
		return (message instanceof TextMessage text) ? Utf8.length(text.getPayload()) : message.getPayloadLength();
	}

	/**
	 * The buffer of a message may be sent to many: each send reads it from its position.
	 */
	private static WebSocketMessage<?> ownPosition(WebSocketMessage<?> message) {
		if (message instanceof BinaryMessage binary) {
			return new BinaryMessage(binary.getPayload().duplicate());
		}
		if (message instanceof PingMessage ping) {
			return new PingMessage(ping.getPayload().duplicate());
		}
		return (message instanceof PongMessage pong) ? new PongMessage(pong.getPayload().duplicate()) : message;
	}

	WebSocketMessage<?> message() {
		return this.message;
	}

	long bytes() {
		return this.bytes;
	}

	void acceptedAt(long nanoTime) {
		this.acceptedAt = nanoTime;
	}

	/**
	 * Return when it was accepted, by the ticker.
	 */
	long acceptedAt() {
		return this.acceptedAt;
	}

	public CompletableFuture<Void> future() {
		return this.future;
	}

	/**
	 * It was not accepted: end the future on this thread, the sender's.
	 */
	public void refuse(Reason reason) {
		HeartbeatSendException failure = new HeartbeatSendException(this.clientName, reason);
		if (this.future.completeExceptionally(failure)) {
			this.observation.sendFailed(reason);
		}
	}

	/**
	 * It was handed to the socket, and its future is about to end.
	 */
	void written() {
		this.observation.messageSent();
	}

	/**
	 * Whether somebody waits for the future, or something depends on it.
	 */
	boolean isAwaited() {
		return this.future.getNumberOfDependents() > 0;
	}

	/**
	 * It was accepted and will not be written.
	 */
	void failed(Reason reason) {
		this.failure = reason;
	}

	/**
	 * End the future on this thread, which neither writes nor keeps time.
	 */
	void end() {
		Reason failure = this.failure;
		if (failure != null) {
			refuse(failure);
		}
		else {
			this.future.complete(null);
		}
	}

	boolean isDone() {
		return this.future.isDone();
	}

	void linkTo(@Nullable PendingSend next) {
		this.next = next;
	}

	@Nullable PendingSend next() {
		return this.next;
	}

}
