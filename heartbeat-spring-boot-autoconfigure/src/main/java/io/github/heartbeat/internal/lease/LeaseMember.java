package io.github.heartbeat.internal.lease;

import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;

/**
 * A client that needs a lease to be connected. Called under no lock of a lease.
 */
public interface LeaseMember {

	/**
	 * The lease is held: connect, unless connected. Called after each renewal too.
	 */
	void leaseGranted(HeartbeatLease lease);

	/**
	 * The lease is not valid any more: abort the connection.
	 */
	void leaseExpired(HeartbeatLeaseLostReason reason);

	/**
	 * The lease goes back: close the connection politely, then call
	 * {@link Lease#vacated}.
	 * @param departure the number to call it with
	 */
	void leaseYielded(HeartbeatLeaseLostReason reason, long departure);

	/**
	 * The store was called.
	 * @param verb {@code acquire}, {@code renew} or {@code release}
	 * @param outcome {@code kept}, {@code refused} or {@code error}
	 */
	void storeCalled(String verb, String outcome, long nanos);

}
