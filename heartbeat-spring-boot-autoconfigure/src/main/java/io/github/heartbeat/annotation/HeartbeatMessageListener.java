package io.github.heartbeat.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a bean that is called for the messages of clients. The method has one
 * parameter for the payload and can have one of type
 * {@link io.github.heartbeat.HeartbeatClient}, in any order: <pre class="code">
 * &#64;HeartbeatMessageListener("quotes")
 * void onQuote(Quote quote) {
 * }
 * </pre>
 * <p>
 * A payload of type {@code String}, {@code byte[]}, {@code ByteBuffer} or
 * {@code WebSocketMessage} is passed without conversion. A text is encoded to bytes, and
 * bytes are decoded to a text, as UTF-8. A method with a payload of type
 * {@code TextMessage} or {@code BinaryMessage} is called only for messages of that type.
 * Every other type, with its generics, is read by a
 * {@link io.github.heartbeat.message.HeartbeatMessageConverter}. Methods with the same
 * type share the object.
 * <p>
 * A result that is not {@code null} is sent as
 * {@link io.github.heartbeat.HeartbeatClient#convertAndSend(Object)} does. Futures and
 * reactive types are not supported as results.
 * <p>
 * Methods are called like a {@link io.github.heartbeat.HeartbeatListener}: on the same
 * thread, one message at a time for each client, after the beans of that type and before
 * the events are published. {@link org.springframework.core.annotation.Order @Order} on
 * the methods defines their order. An exception of a method is logged and published as an
 * error of kind {@code LISTENER}, and a failed conversion as an error of kind
 * {@code CONVERSION}. The connection stays open and the other methods are called.
 * <p>
 * An invalid method prevents the start of the application.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(MessageListenerReflectiveProcessor.class)
public @interface HeartbeatMessageListener {

	/**
	 * The names of the clients. Placeholders are resolved.
	 * @return the names; none means all clients
	 */
	String[] value() default {};

}
