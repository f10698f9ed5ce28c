package io.github.heartbeat.client;

import java.io.IOException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A session as the engine uses it, with what the containers do differently hidden.
 */
interface Link {

	/**
	 * Write a message. Blocks until the socket has taken it. Never called concurrently.
	 * @throws IOException if it could not be written, after which nothing can
	 */
	void write(WebSocketMessage<?> message) throws IOException;

	/**
	 * Send a close frame. Blocks no longer than about the given time, and does not wait
	 * for the answer.
	 */
	void close(CloseStatus status, long timeoutMillis) throws IOException;

	/**
	 * Whether the socket is gone, since the peer has answered a close or the container
	 * has dropped it. Never blocks.
	 */
	boolean isGone();

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
