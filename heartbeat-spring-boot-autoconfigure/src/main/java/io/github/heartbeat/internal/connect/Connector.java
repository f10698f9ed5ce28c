package io.github.heartbeat.internal.connect;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.internal.container.Transport;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Connects to the server of one client.
 */
public interface Connector {

	/**
	 * Prepare the handshake of an attempt. Calls code of users, which may block.
	 * @param attempt the attempt
	 * @return the handshake
	 * @throws HeartbeatConnectionException if no access token can be obtained, or if a
	 * handshake customizer fails or leaves an invalid handshake
	 * @throws InterruptedException if the attempt was cancelled
	 */
	HeartbeatHandshake prepare(ConnectionAttempt attempt) throws InterruptedException;

	/**
	 * Have the next attempt fetch another access token than the one of an attempt.
	 */
	default void dropToken(ConnectionAttempt attempt) {
	}

	/**
	 * Connect on this thread. On success
	 * {@link ConnectionAttempt#afterConnectionEstablished} is called before the return.
	 * @param attempt the attempt, which handles the session
	 * @param handshake the prepared handshake
	 * @throws Exception if the attempt failed
	 */
	void connect(ConnectionAttempt attempt, HeartbeatHandshake handshake) throws Exception;

	/**
	 * Abort the connect that runs on a thread.
	 */
	void abandon(Thread connecting);

	/**
	 * Return the transport of a session that was established by this connector.
	 */
	Transport transport(WebSocketSession session);

	/**
	 * Check what the server accepted in the handshake.
	 * @throws HeartbeatConnectionException if it accepted what was not offered
	 */
	default void check(Transport transport) {
	}

	/**
	 * Whether the container itself closed a session because a message was too large.
	 */
	default boolean isTooLarge(CloseStatus status) {
		return false;
	}

	/**
	 * Have the next {@link #check()} verify the container. Called when an answer is
	 * missing or the heap is exhausted.
	 */
	default void suspect() {
	}

	/**
	 * Verify the container after {@link #suspect()}, and replace it if its threads have
	 * died. Does not block.
	 */
	default void check() {
	}

	/**
	 * Whether the threads of the container have died and it cannot be replaced.
	 */
	default boolean isContainerDead() {
		return false;
	}

}
