package io.github.heartbeat.event;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.leader.HeartbeatLease;

/**
 * Published when this replica acquired the lease of a led client, before the first
 * attempt.
 *
 * @since 0.1.0
 */
public final class HeartbeatLeaseGrantedEvent extends HeartbeatEvent {

	private final HeartbeatLease lease;

	private final Duration standby;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param lease the lease
	 * @param standby how long the client stood by
	 */
	public HeartbeatLeaseGrantedEvent(HeartbeatClient client, HeartbeatLease lease, Duration standby) {
		super(client);
		this.lease = lease;
		this.standby = standby;
	}

	/**
	 * Return the lease.
	 * @return the lease
	 */
	public HeartbeatLease getLease() {
		return this.lease;
	}

	/**
	 * Return how long the client stood by.
	 * @return the duration
	 */
	public Duration getStandby() {
		return this.standby;
	}

	@Override
	String details() {
		return "lease=" + this.lease.getName() + ", standby=" + this.standby.toMillis() + "ms";
	}

}
