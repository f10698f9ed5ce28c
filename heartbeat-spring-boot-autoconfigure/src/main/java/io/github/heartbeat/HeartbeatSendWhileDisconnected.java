package io.github.heartbeat;

/**
 * Handling of messages that are sent while a client is connecting or waiting for the next
 * attempt.
 *
 * @since 0.1.0
 */
public enum HeartbeatSendWhileDisconnected {

	/**
	 * The messages are refused.
	 */
	REJECT,

	/**
	 * The messages wait for the next connection, within {@code send.queue-messages} and
	 * {@code send.queue-bytes} and no longer than {@code send.time-to-live}.
	 */
	QUEUE

}
