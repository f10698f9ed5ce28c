package io.github.heartbeat;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Decides which messages are heartbeat answers, in addition to {@code pong-msg}. A
 * heartbeat answer is counted as a received message, but not published. Beans of this
 * type are asked in order until one accepts the message.
 * <p>
 * A matcher is called on the thread that reads from the connection, by one thread at a
 * time for each client, and must not block. If it throws an exception, the exception is
 * logged and the matcher does not accept the message.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatPongMatcher {

	/**
	 * Return whether this matcher supports a client. Called once for each client. A
	 * matcher that throws an exception is not used for the client.
	 * @param clientName the name of the client
	 * @return whether to ask this matcher about the messages of the client
	 */
	default boolean supports(String clientName) {
		return true;
	}

	/**
	 * Return whether a message is a heartbeat answer.
	 * @param message a complete text or binary message; a binary message has a separate
	 * read-only buffer for this matcher
	 * @return whether the message is a heartbeat answer
	 */
	boolean isPong(WebSocketMessage<?> message);

}
