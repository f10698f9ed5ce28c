package io.github.heartbeat;

/**
 * What becomes of messages that are sent while a client is connecting or waiting to.
 *
 * @since 0.1.0
 */
public enum HeartbeatSendWhileDisconnected {

	/**
	 * They are refused.
	 */
	REJECT,

	/**
	 * They wait for the next connection, within {@code send.queue-messages} and
	 * {@code send.queue-bytes} and no longer than {@code send.time-to-live}.
	 */
	QUEUE

}
