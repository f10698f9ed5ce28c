package io.github.heartbeat.internal.runtime;

import java.time.Instant;

/**
 * The passing of time, and the time of day for those who read of it later.
 */
public interface Ticker {

	/**
	 * Return the time in nanoseconds from an arbitrary origin, like
	 * {@link System#nanoTime()}.
	 */
	long nanoTime();

	/**
	 * Return the time of day.
	 */
	Instant now();

}
