package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;

/**
 * Published when this replica lost the lease of a led client or gave it back, after the
 * close event of its connection. No event follows until the lease is granted again.
 *
 * @since 0.1.0
 */
public final class HeartbeatLeaseLostEvent extends HeartbeatEvent {

	private final HeartbeatLease lease;

	private final HeartbeatLeaseLostReason reason;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param lease the lease
	 * @param reason the reason
	 */
	public HeartbeatLeaseLostEvent(HeartbeatClient client, HeartbeatLease lease, HeartbeatLeaseLostReason reason) {
		super(client);
		this.lease = lease;
		this.reason = reason;
	}

	/**
	 * Return the lease.
	 * @return the lease
	 */
	public HeartbeatLease getLease() {
		return this.lease;
	}

	/**
	 * Return the reason.
	 * @return the reason
	 */
	public HeartbeatLeaseLostReason getReason() {
		return this.reason;
	}

	@Override
	String details() {
		return "lease=" + this.lease.getName() + ", reason=" + this.reason;
	}

}
