package io.github.heartbeat.internal.lease;

import java.time.Duration;

/**
 * Times of a lease.
 *
 * @param lease how long it lives without a renewal
 * @param margin how long before its end the connection is closed
 * @param renewInterval the time between two renewals
 * @param pollInterval the time between two attempts to acquire it
 */
public record LeaseTimes(Duration lease, Duration margin, Duration renewInterval, Duration pollInterval) {

}
