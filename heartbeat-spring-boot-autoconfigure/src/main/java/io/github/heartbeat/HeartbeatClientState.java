package io.github.heartbeat;

/**
 * State of a {@link HeartbeatClient}.
 *
 * @since 0.1.0
 */
public enum HeartbeatClientState {

	/**
	 * Not connected and not trying to be, until {@link HeartbeatClient#open()}.
	 */
	STOPPED,

	/**
	 * A connection attempt is under way.
	 */
	CONNECTING,

	/**
	 * The handshake is done and the connection is believed to be alive.
	 */
	OPEN,

	/**
	 * The last connection or attempt failed and the wait before the next attempt runs.
	 */
	WAITING,

	/**
	 * Gave up reconnecting, until {@link HeartbeatClient#open()} or
	 * {@link HeartbeatClient#reconnect()}.
	 */
	EXHAUSTED

}
