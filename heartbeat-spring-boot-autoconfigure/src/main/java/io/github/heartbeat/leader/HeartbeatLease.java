package io.github.heartbeat.leader;

import java.time.Instant;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Lease that a replica holds. Immutable.
 *
 * @since 0.1.0
 * @see HeartbeatLeases#acquire
 */
public final class HeartbeatLease {

	private final String name;

	private final String holder;

	private final Instant grantedAt;

	private final @Nullable Long token;

	private HeartbeatLease(String name, String holder, Instant grantedAt, @Nullable Long token) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.hasText(holder, "'holder' must not be empty");
		this.name = name;
		this.holder = holder;
		this.grantedAt = grantedAt;
		this.token = token;
	}

	/**
	 * Create a lease of a store without fencing tokens.
	 * @param name the name of the lease
	 * @param holder the replica that holds it, unique among all replicas
	 * @param grantedAt when it was acquired
	 * @return the lease
	 */
	public static HeartbeatLease of(String name, String holder, Instant grantedAt) {
		return new HeartbeatLease(name, holder, grantedAt, null);
	}

	/**
	 * Create a lease with a fencing token.
	 * @param name the name of the lease
	 * @param holder the replica that holds it, unique among all replicas
	 * @param grantedAt when it was acquired
	 * @param token a number that is larger for each later holder of the same lease
	 * @return the lease
	 */
	public static HeartbeatLease of(String name, String holder, Instant grantedAt, long token) {
		return new HeartbeatLease(name, holder, grantedAt, token);
	}

	/**
	 * Return the name of the lease in the store.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Return the replica that holds the lease.
	 * @return the holder
	 */
	public String getHolder() {
		return this.holder;
	}

	/**
	 * Return when the lease was acquired, by the clock of this replica.
	 * @return the time
	 */
	public Instant getGrantedAt() {
		return this.grantedAt;
	}

	/**
	 * Return the fencing token. A server that remembers the largest token can refuse what
	 * an earlier holder sends late.
	 * @return the token, or empty if the store has none, as with JDBC and Redis
	 */
	public OptionalLong getToken() {
		return (this.token != null) ? OptionalLong.of(this.token) : OptionalLong.empty();
	}

	@Override
	public String toString() {
		return this.name + " of " + this.holder + ((this.token != null) ? " with token " + this.token : "");
	}

}
