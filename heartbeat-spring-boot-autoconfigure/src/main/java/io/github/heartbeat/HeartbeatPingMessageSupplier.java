package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Supplies the payload of each heartbeat instead of {@code ping-msg}. Beans of this type
 * are called in order, on the writer thread, and must not block. If a supplier throws an
 * exception, an error is published and a ping frame is sent instead, so that a dead peer
 * is still detected.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatPingMessageSupplier {

	/**
	 * Return the payload of a heartbeat.
	 * @param clientName the name of the client
	 * @return the payload, or {@code null} to defer to the next supplier, then to
	 * {@code ping-msg}
	 */
	@Nullable String getPingMessage(String clientName);

	/**
	 * Return a heartbeat as a message, for example a binary message whose bytes are not
	 * UTF-8. It takes precedence over {@link #getPingMessage}, {@code ping-msg} and
	 * {@code ping-type}.
	 * @param clientName the name of the client
	 * @return a complete text, binary, ping or pong message, or {@code null} to use
	 * {@link #getPingMessage}; its buffer is not consumed, so that the same message can
	 * be returned each time
	 */
	default @Nullable WebSocketMessage<?> getPing(String clientName) {
		return null;
	}

}
