package io.github.heartbeat.leader;

/**
 * Reason why a replica lost a lease.
 *
 * @since 0.1.0
 */
public enum HeartbeatLeaseLostReason {

	/**
	 * The lease was not renewed in time, so another replica may acquire it.
	 */
	FENCED,

	/**
	 * The store answered that this replica does not hold the lease any more.
	 */
	TAKEN,

	/**
	 * It was given back: the client was closed, gave up, or was told to release it.
	 */
	RELEASED,

	/**
	 * The client was not open for {@code leader.give-up-after}.
	 */
	GAVE_UP,

	/**
	 * The application stops.
	 */
	STOPPED

}
