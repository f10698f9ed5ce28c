package io.github.heartbeat.internal.hook;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.internal.runtime.Ticker;

/**
 * Derives the time of day of a receipt from the tick that is read for the heartbeat
 * anyway. Reading the time of day too would add half of the cost of all other work per
 * message. Used by one thread at a time, the delivering one.
 */
final class ReceiptClock {

	/** The time after which a change of the system clock takes effect. */
	static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Ticker ticker;

	private long anchor;

	private long epochNanosAtAnchor;

	private boolean anchored;

	ReceiptClock(Ticker ticker) {
		this.ticker = ticker;
	}

	/**
	 * Return the time of day in milliseconds since the epoch.
	 * @param received the time of a receipt, as of {@link Ticker#nanoTime()}
	 */
	long millis(long received) {
		if (!this.anchored || received - this.anchor >= MAX_AGE_NANOS) {
			Instant instant = this.ticker.now();
			this.epochNanosAtAnchor = TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
			this.anchor = this.ticker.nanoTime();
			this.anchored = true;
		}
		// The receipt can be earlier than the anchor.
		return Math.floorDiv(this.epochNanosAtAnchor + (received - this.anchor), 1_000_000L);
	}

}
