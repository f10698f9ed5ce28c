package io.github.heartbeat;

/**
 * Side that ended a connection.
 *
 * @since 0.1.0
 */
public enum HeartbeatInitiator {

	/**
	 * This side, through a close, a manual reconnect, the shutdown of the application or
	 * a message larger than {@code max-message-size}.
	 */
	CLIENT,

	/**
	 * The server sent a close frame, or the container reported a close code other than
	 * 1006.
	 */
	SERVER,

	/**
	 * The heartbeat monitor: a heartbeat was not answered in time (reported as 1006).
	 */
	HEARTBEAT,

	/**
	 * The transport: the connection was lost without a close frame, or a write was
	 * blocked for {@code send.timeout} (reported as 1006).
	 */
	TRANSPORT

}
