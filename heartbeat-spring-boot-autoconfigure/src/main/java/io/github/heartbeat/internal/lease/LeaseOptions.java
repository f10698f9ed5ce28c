package io.github.heartbeat.internal.lease;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.heartbeat.leader.HeartbeatLeases;

/**
 * What all led clients of an application share.
 *
 * @param leases returns the store, or throws an exception that tells why there is none.
 * Called once, when the first led client is created
 * @param prefix the prefix of the names of all leases
 * @param spread how much longer a replica waits before it tries to acquire a lease, for
 * each lease that it holds
 * @param maxHeld the number of leases at which a replica acquires no more
 */
public record LeaseOptions(Supplier<HeartbeatLeases> leases, String prefix, Duration spread, int maxHeld) {

}
