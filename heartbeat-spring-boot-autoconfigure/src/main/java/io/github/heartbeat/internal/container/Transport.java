package io.github.heartbeat.internal.container;

import java.io.IOException;
import java.util.List;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A session as the engine uses it, with what the containers do differently hidden.
 */
public interface Transport {

	/**
	 * What a frame takes besides the payload, at the most (RFC 6455, section 5.2), and
	 * some more for what a compression that does not compress adds.
	 */
	int FRAME_BYTES = 32;

	/**
	 * Write a message. Blocks until the socket has taken it. Never called concurrently.
	 * @throws IOException if it could not be written, after which nothing can
	 */
	void write(WebSocketMessage<?> message) throws IOException;

	/**
	 * Write messages, if possible with one call to the operating system. Blocks until the
	 * socket has taken all of them. Never called concurrently.
	 * @throws IOException if one could not be written, after which nothing can
	 */
	default void write(List<WebSocketMessage<?>> messages) throws IOException {
		for (WebSocketMessage<?> message : messages) {
			write(message);
		}
	}

	/**
	 * Return what can be written together, in bytes with their {@link #FRAME_BYTES}; 0 if
	 * nothing is gained by it.
	 */
	default long batchBytes() {
		return 0;
	}

	/**
	 * Send a close frame. Blocks no longer than about the given time, and does not wait
	 * for the answer.
	 */
	void close(CloseStatus status, long timeoutMillis) throws IOException;

	/**
	 * Whether the socket is gone, since the peer has answered a close or the container
	 * has dropped it. Never blocks.
	 */
	boolean isSocketClosed();

	/**
	 * Drop the socket now, without a word to the peer, and free a blocked write. Takes
	 * milliseconds.
	 */
	void abort();

	/**
	 * Return the session underneath.
	 */
	WebSocketSession session();

}
