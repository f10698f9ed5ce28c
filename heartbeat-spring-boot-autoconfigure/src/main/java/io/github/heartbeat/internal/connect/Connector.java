package io.github.heartbeat.internal.connect;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.internal.container.Transport;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Makes connections.
 */
public interface Connector {

	/**
	 * Prepare the handshake of an attempt. Calls code of users, which may block.
	 * @return the handshake
	 * @throws HeartbeatConnectionException if there is none that can work
	 */
	HeartbeatHandshake prepare();

	/**
	 * Connect, on this thread. Success is told by
	 * {@link ConnectionAttempt#afterConnectionEstablished}, which comes first.
	 * @param attempt the attempt, which handles the session
	 * @param handshake what was prepared for it
	 * @throws Exception if it failed
	 */
	void connect(ConnectionAttempt attempt, HeartbeatHandshake handshake) throws Exception;

	/**
	 * End what a thread is connecting.
	 */
	void abandon(Thread connecting);

	/**
	 * Return the link of a session made by this.
	 */
	Transport transport(WebSocketSession session);

	/**
	 * Return whether the container itself closed a session since a message is too large.
	 */
	default boolean isTooLarge(CloseStatus status) {
		return false;
	}

	/**
	 * Something did not arrive, or the heap is exhausted: have verified that the
	 * container still works.
	 */
	default void suspect() {
	}

	/**
	 * Verify and repair the container, if there is a reason to. Does not block.
	 */
	default void check() {
	}

	/**
	 * Return whether the container works no longer and cannot be replaced.
	 */
	default boolean isContainerDead() {
		return false;
	}

}
