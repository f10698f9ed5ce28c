package io.github.heartbeat;

/**
 * Type of message or frame in which a heartbeat is sent.
 *
 * @since 0.1.0
 */
public enum HeartbeatPingType {

	/**
	 * A text message.
	 */
	TEXT,

	/**
	 * A binary message with the UTF-8 bytes of the ping message.
	 */
	BINARY,

	/**
	 * A ping frame with the UTF-8 bytes of the ping message, at most 125 bytes
	 * (<a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2">RFC 6455, section
	 * 5.5.2</a>).
	 */
	PING

}
