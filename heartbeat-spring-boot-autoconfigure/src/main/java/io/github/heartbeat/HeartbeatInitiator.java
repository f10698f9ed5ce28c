package io.github.heartbeat;

/**
 * Who ended a connection.
 *
 * @since 0.1.0
 */
public enum HeartbeatInitiator {

	/**
	 * This side decided: a close, a manual reconnect, the shutdown of the application or
	 * a message larger than {@code max-message-size}.
	 */
	CLIENT,

	/**
	 * The server sent a close frame, or the container reported a close code other than
	 * 1006.
	 */
	SERVER,

	/**
	 * A heartbeat was not answered in time (reported as 1006).
	 */
	HEARTBEAT,

	/**
	 * Lost without a close frame, or a write was stuck for {@code send.timeout} (reported
	 * as 1006).
	 */
	TRANSPORT

}
