package io.github.heartbeat.internal.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Derives times of day from the monotonic clock, so that the difference of two of them is
 * the elapsed time.
 */
public final class TimeOfDay {

	/**
	 * Clock synchronization usually adjusts the system clock in smaller steps than this.
	 */
	private static final Duration MAX_DEVIATION = Duration.ofMillis(100);

	private final Ticker ticker;

	private volatile Anchor anchor;

	TimeOfDay(Ticker ticker) {
		this.ticker = ticker;
		this.anchor = new Anchor(ticker.now(), ticker.nanoTime());
	}

	/**
	 * Return the current time of day.
	 */
	public Instant now() {
		return at(this.ticker.nanoTime());
	}

	/**
	 * Return the time of day of a time of the ticker. While the system clock runs
	 * steadily, equal arguments give equal results. Truncated to milliseconds. After the
	 * system clock was set, past times move with it and their distances stay the same.
	 */
	public Instant at(long nanoTime) {
		Anchor anchor = this.anchor;
		Instant clock = this.ticker.now();
		Instant anchored = anchor.instant(this.ticker.nanoTime());
		if (Duration.between(anchored, clock).abs().compareTo(MAX_DEVIATION) > 0) {
			anchor = new Anchor(clock, this.ticker.nanoTime());
			this.anchor = anchor;
		}
		return anchor.instant(nanoTime).truncatedTo(ChronoUnit.MILLIS);
	}

	/**
	 * A time of day and the corresponding time of the ticker.
	 */
	private record Anchor(Instant clock, long nanoTime) {

		Instant instant(long nanoTime) {
			return this.clock.plusNanos(nanoTime - this.nanoTime);
		}

	}

}
