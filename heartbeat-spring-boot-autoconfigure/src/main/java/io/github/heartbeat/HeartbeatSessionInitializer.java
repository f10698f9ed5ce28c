package io.github.heartbeat;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Prepares each new connection before its client is open, for example with a login that
 * the server acknowledges. Initializing is part of connecting: after the handshake the
 * client stays {@link HeartbeatClientState#CONNECTING} until
 * {@link HeartbeatSession#ready()} is called, and nothing is sent but the messages of the
 * initializer.
 * <p>
 * The attempt fails with {@link HeartbeatConnectionException.Kind#NOT_READY} if
 * {@link HeartbeatSession#fail} is called, if a method of the initializer throws an
 * exception, if {@code connect-timeout} ends, or if the connection ends. The client then
 * reconnects as after any other failed attempt. Messages in the offline queue wait until
 * the client is open.
 * <p>
 * The methods are called on hook threads, one at a time for each client and under no
 * lock. While one runs, no data is read from the connection. An initializer therefore
 * must not block until a message arrives: it returns, and {@link #onMessage} is called.
 * At most one initializer supports a client.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatSessionInitializer {

	/**
	 * Return whether this initializer supports a client. Called once for each client,
	 * when the client starts. The client does not start if this method throws an
	 * exception, or if several initializers support it.
	 * @param clientName the name of the client
	 * @return whether this initializer prepares the connections of the client
	 */
	default boolean supports(String clientName) {
		return true;
	}

	/**
	 * Begin to prepare a connection. Called once for each connection, after the
	 * handshake.
	 * @param session the session to prepare
	 * @throws Exception if the attempt fails
	 */
	void initialize(HeartbeatSession session) throws Exception;

	/**
	 * Called for each complete text or binary message that is received before the session
	 * is ready. Heartbeat answers, as {@code pong-msg}, {@code pong-pattern} and
	 * {@link HeartbeatPongMatcher} beans define them, are left out.
	 * @param session the session
	 * @param message the message; the buffer of a binary message is read-only
	 * @return {@code true} if the message is for the initializer only; {@code false} to
	 * deliver it to listeners after the open hook, in order. The attempt fails if the
	 * messages that wait for the open hook are larger than {@code max-message-size} in
	 * total.
	 * @throws Exception if the attempt fails
	 */
	default boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) throws Exception {
		return false;
	}

}
