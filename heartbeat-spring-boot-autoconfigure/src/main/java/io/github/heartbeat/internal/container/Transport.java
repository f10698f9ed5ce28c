package io.github.heartbeat.internal.container;

import java.io.IOException;
import java.util.List;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Access to a WebSocket session that hides the differences between containers.
 */
public interface Transport {

	/**
	 * Upper bound of the bytes that a frame adds to its payload (RFC 6455, section 5.2),
	 * with a reserve for compression that enlarges incompressible payloads.
	 */
	int FRAME_BYTES = 32;

	/**
	 * Write a message. Blocks until the socket has accepted it. Never called
	 * concurrently.
	 * @throws IOException if the message could not be written; no further message can be
	 * written then
	 */
	void write(WebSocketMessage<?> message) throws IOException;

	/**
	 * Write messages, if possible with one system call. Blocks until the socket has
	 * accepted all of them. Never called concurrently.
	 * @throws IOException if a message could not be written; no further message can be
	 * written then
	 */
	default void write(List<WebSocketMessage<?>> messages) throws IOException {
		for (WebSocketMessage<?> message : messages) {
			write(message);
		}
	}

	/**
	 * Write a heartbeat, as {@link #write(WebSocketMessage)}.
	 */
	default void writeHeartbeat(WebSocketMessage<?> heartbeat) throws IOException {
		write(heartbeat);
	}

	/**
	 * Return how many bytes can be written together, including {@link #FRAME_BYTES} for
	 * each message, or 0 if the transport does not batch.
	 */
	default long batchBytes() {
		return 0;
	}

	/**
	 * Send a close frame. Blocks for about the given time at most, and does not wait for
	 * the answer.
	 */
	void close(CloseStatus status, long timeoutMillis) throws IOException;

	/**
	 * Whether the socket is closed because the peer answered a close or the container
	 * closed it. Never blocks.
	 */
	boolean isSocketClosed();

	/**
	 * Close the socket immediately without a close frame, and unblock a blocked write.
	 * Takes milliseconds.
	 */
	void abort();

	/**
	 * Whether the server accepted permessage-deflate, the only extension that clients
	 * offer.
	 */
	default boolean isCompressed() {
		return !session().getExtensions().isEmpty();
	}

	/**
	 * Return the underlying session.
	 */
	WebSocketSession session();

}
