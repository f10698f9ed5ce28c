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
 * A message that waits to be written, with the future of its sender.
 */
public final class PendingSend {

	private final String clientName;

	private final ClientObservation observation;

	private final WebSocketMessage<?> message;

	private final long bytes;

	private final CompletableFuture<Void> future = new CompletableFuture<>();

	/** Guarded by the lock of the queue. */
	private long acceptedAt;

	/**
	 * The reason why the message is not written. Set before the message is added to the
	 * completions.
	 */
	private @Nullable Reason failure;

	/** The next message in the completions. */
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
	 * A caller can send the same buffer several times, so each send reads from an
	 * independent position.
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
	 * Return the time at which the message was accepted, as of
	 * {@link io.github.heartbeat.internal.runtime.Ticker#nanoTime()}.
	 */
	long acceptedAt() {
		return this.acceptedAt;
	}

	public CompletableFuture<Void> future() {
		return this.future;
	}

	/**
	 * Fail the future of a message that was not accepted, on the current thread, which is
	 * the sender's.
	 */
	public void refuse(Reason reason) {
		HeartbeatSendException failure = new HeartbeatSendException(this.clientName, reason);
		if (this.future.completeExceptionally(failure)) {
			this.observation.sendFailed(reason);
		}
	}

	/**
	 * Record that the message was passed to the socket. Its future is completed next.
	 */
	void written() {
		this.observation.messageSent();
	}

	/**
	 * Whether a thread waits for the future or a stage depends on it.
	 */
	boolean isAwaited() {
		return this.future.getNumberOfDependents() > 0;
	}

	/**
	 * Record that the accepted message will not be written.
	 */
	void setFailure(Reason reason) {
		this.failure = reason;
	}

	/**
	 * Complete the future on the current thread, which must be neither the writing thread
	 * nor the timer thread.
	 */
	void complete() {
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
