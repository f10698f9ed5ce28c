package io.github.heartbeat.leader;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Leases of a store that all replicas of an application share. Of all replicas that ask
 * for a lease, the store grants it to at most one at a time.
 * <p>
 * All methods are called from one thread, which is the same for the lifetime of the
 * application. They may block. While a call blocks, this replica renews no lease and
 * acquires none, but its connections still end in time. A method throws if it cannot tell
 * what the store knows.
 *
 * @since 0.1.0
 */
public interface HeartbeatLeases {

	/**
	 * Acquire a lease that is free or has expired.
	 * @param name the name of the lease
	 * @param lease how long the lease lives without a renewal
	 * @return the lease, or {@code null} if another replica holds it
	 * @throws Exception if the store did not answer
	 */
	@Nullable HeartbeatLease acquire(String name, Duration lease) throws Exception;

	/**
	 * Renew a lease that {@link #acquire} returned.
	 * @param name the name of the lease
	 * @param lease how long the lease lives from now on without a renewal
	 * @return whether it was renewed; {@code false} if this replica does not hold it any
	 * more
	 * @throws Exception if the store did not answer
	 */
	boolean renew(String name, Duration lease) throws Exception;

	/**
	 * Give a lease back. Nothing happens if this replica does not hold it any more.
	 * @param name the name of the lease
	 * @throws Exception if the store did not answer; the lease then ends by itself
	 */
	void release(String name) throws Exception;

}
