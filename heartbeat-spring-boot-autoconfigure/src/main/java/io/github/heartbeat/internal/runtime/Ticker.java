package io.github.heartbeat.internal.runtime;

import java.time.Instant;

/**
 * Source of elapsed time and of the time of day.
 */
public interface Ticker {

	/**
	 * Return the time in nanoseconds from an arbitrary origin, like
	 * {@link System#nanoTime()}.
	 */
	long nanoTime();

	/**
	 * Return the current time of day.
	 */
	Instant now();

}
