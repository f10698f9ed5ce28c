package io.github.heartbeat.internal.hook;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.internal.runtime.Ticker;

/**
 * The time of day of receipts, from the time that is read for the heartbeat anyway: to
 * read the time of day too would cost half as much as all else that the engine does with
 * a message. For one thread at a time, that which delivers.
 */
final class ReceiptClock {

	/** How soon a time of day that was set is noticed. */
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
		// The receipt may have been before the anchor.
		return Math.floorDiv(this.epochNanosAtAnchor + (received - this.anchor), 1_000_000L);
	}

}
