package io.github.heartbeat.message;

import org.springframework.core.ResolvableType;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Converts messages to objects for
 * {@link io.github.heartbeat.annotation.HeartbeatMessageListener @HeartbeatMessageListener}
 * methods, and objects to messages for
 * {@link io.github.heartbeat.HeartbeatClient#convertAndSend(Object)}. Beans of this type
 * are asked in order. A {@link JsonHeartbeatMessageConverter} is asked last.
 * <p>
 * A converter must be thread-safe: it is called for different clients at the same time.
 * {@link #canRead} and {@link #canWrite} are called once for each type. An exception of
 * {@link #read} or {@link #write} can contain parts of a payload. It is therefore logged
 * without its message, except at DEBUG, and never published.
 *
 * @since 0.1.0
 */
public interface HeartbeatMessageConverter {

	/**
	 * Return whether this converter reads messages as a type. The result must always be
	 * the same for the same type.
	 * @param type the type of a payload parameter, with its generics
	 * @return whether {@link #read} supports the type
	 */
	boolean canRead(ResolvableType type);

	/**
	 * Read a message.
	 * @param message a complete text or binary message; a binary message has a separate
	 * read-only buffer for this call
	 * @param type a type for which {@link #canRead} returned {@code true}
	 * @return the object, never {@code null}
	 * @throws Exception if the message cannot be read as the type
	 */
	Object read(WebSocketMessage<?> message, ResolvableType type) throws Exception;

	/**
	 * Return whether this converter writes objects of a class. The result must always be
	 * the same for the same class.
	 * @param type the class of an object, or the declared result of a method
	 * @return whether {@link #write} supports the class
	 */
	boolean canWrite(Class<?> type);

	/**
	 * Write an object.
	 * @param payload an object of a class for which {@link #canWrite} returned
	 * {@code true}
	 * @return a complete text or binary message
	 * @throws Exception if the object cannot be written
	 */
	WebSocketMessage<?> write(Object payload) throws Exception;

}
