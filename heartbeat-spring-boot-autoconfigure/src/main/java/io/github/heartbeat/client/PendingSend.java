package io.github.heartbeat.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A message on its way to the socket, and the future that tells its sender.
 */
final class PendingSend {

	private final String clientName;

	private final ClientObservation observation;

	private final WebSocketMessage<?> message;

	private final long bytes;

	private final Executor executor;

	private final CompletableFuture<Void> future = new CompletableFuture<>();

	/** Guarded by the queue. */
	private long acceptedAt;

	PendingSend(String clientName, WebSocketMessage<?> message, ClientObservation observation,
			EngineResources resources) {
		this.clientName = clientName;
		this.observation = observation;
		this.message = ownPosition(message);
		this.bytes = size(message);
		this.executor = resources.futures();
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

	CompletableFuture<Void> future() {
		return this.future;
	}

	/**
	 * It was not accepted: end the future on this thread, the sender's.
	 */
	void refuse(Reason reason) {
		this.observation.sendFailed(reason);
		this.future.completeExceptionally(new HeartbeatSendException(this.clientName, reason));
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
	 * End the future on this thread, which neither writes nor keeps time.
	 */
	void end() {
		this.future.complete(null);
	}

	/**
	 * It was accepted and will not be written. The future ends in a task of its own on
	 * the hook executor: what depends on it may wait for another.
	 */
	void fail(Reason reason) {
		this.executor.execute(() -> refuse(reason));
	}

}
