package io.github.heartbeat;

/**
 * State of a {@link HeartbeatClient}.
 *
 * @since 0.1.0
 */
public enum HeartbeatClientState {

	/**
	 * Closed until {@link HeartbeatClient#open()} is called.
	 */
	STOPPED,

	/**
	 * Wants to be connected, but another replica may be: this replica does not hold the
	 * lease of the client.
	 */
	STANDBY,

	/**
	 * A connection attempt is in progress.
	 */
	CONNECTING,

	/**
	 * Connected: the handshake is complete and the connection is considered alive.
	 */
	OPEN,

	/**
	 * Waiting for the next attempt after a connection or an attempt failed.
	 */
	WAITING,

	/**
	 * Gave up reconnecting until {@link HeartbeatClient#open()} or
	 * {@link HeartbeatClient#reconnect()} is called.
	 */
	EXHAUSTED

}
