package io.github.heartbeat.internal.client;

import java.util.function.DoubleSupplier;

import io.github.heartbeat.HeartbeatClientSettings;

/**
 * The wait before a reconnect attempt: multiplied, capped, then jittered. The jitter is
 * applied after the cap, so that clients that have reached the cap do not reconnect at
 * the same time.
 */
final class Backoff {

	private final double initialNanos;

	private final double multiplier;

	private final double maxNanos;

	private final double jitter;

	private final DoubleSupplier random;

	Backoff(HeartbeatClientSettings settings, DoubleSupplier random) {
		this.initialNanos = settings.getReconnectTimeout().toNanos();
		this.multiplier = settings.getReconnectMultiplier();
		this.maxNanos = settings.getReconnectMaxTimeout().toNanos();
		this.jitter = settings.getReconnectJitter();
		this.random = random;
	}

	/**
	 * Return a duration that is shortened at random by up to the jitter, so that
	 * connections that opened together are not renewed together.
	 */
	long shorten(long nanos) {
		return (long) (nanos * (1 - this.jitter * this.random.getAsDouble()));
	}

	/**
	 * Return the wait before an attempt.
	 * @param attempt the number of the attempt, from 1
	 * @return the wait in nanoseconds
	 */
	long waitNanos(int attempt) {
		double grown = this.initialNanos * Math.pow(this.multiplier, attempt - 1);
		double capped = Math.min(grown, this.maxNanos);
		double spread = 1 + this.jitter * (2 * this.random.getAsDouble() - 1);
		return (long) (capped * spread);
	}

}
