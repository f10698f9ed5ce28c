package io.github.heartbeat.internal.message;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Reads messages as one type.
 */
public interface PayloadReader {

	/**
	 * Whether a method with a payload of the type is called for a message.
	 */
	default boolean accepts(WebSocketMessage<?> message) {
		return true;
	}

	/**
	 * Whether methods with the same type share the object.
	 */
	boolean isShared();

	/**
	 * Read a message. The position of a buffer is not changed.
	 * @return the object, never {@code null}
	 * @throws Exception if the message cannot be read
	 */
	Object read(WebSocketMessage<?> message) throws Exception;

}
