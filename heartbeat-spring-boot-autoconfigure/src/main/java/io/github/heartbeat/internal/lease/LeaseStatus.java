package io.github.heartbeat.internal.lease;

import io.github.heartbeat.leader.HeartbeatLease;
import org.jspecify.annotations.Nullable;

/**
 * What a lease was at one moment. Times are those of the ticker.
 *
 * @param name the name in the store
 * @param lease the lease, or {@code null} while this replica does not hold it
 * @param validUntil when its connection is closed unless it is renewed, or {@code null}
 * @param renewedAt when the last call that acquired or renewed it began, or {@code null}
 * @param silentSince when the first of the calls began that the store has not answered,
 * or {@code null} if it answered the last one
 * @param error the class of the last error, or {@code null} if the last call succeeded
 */
public record LeaseStatus(String name, @Nullable HeartbeatLease lease, @Nullable Long validUntil,
		@Nullable Long renewedAt, @Nullable Long silentSince, @Nullable String error) {

}
