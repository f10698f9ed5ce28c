package io.github.heartbeat.internal.hook;

import java.time.Duration;
import java.time.Instant;

import io.github.heartbeat.internal.runtime.Ticker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the wall-clock time of receipts.
 */
class ReceiptClockTests {

	private final SettableTicker ticker = new SettableTicker();

	private final ReceiptClock clock = new ReceiptClock(this.ticker);

	@Test
	void isTheTimeOfDay() {
		this.ticker.now = Instant.parse("2026-11-25T12:00:00.0006Z");
		assertThat(millis()).isEqualTo(this.ticker.now.toEpochMilli());
		for (int i = 0; i < 50; i++) {
			this.ticker.pass(Duration.ofMillis(333).plusNanos(700_000));
			assertThat(millis()).isEqualTo(this.ticker.now.toEpochMilli());
		}
	}

	@Test
	void isAskedForOnceASecond() {
		for (int i = 0; i < 1_000; i++) {
			millis();
			this.ticker.pass(Duration.ofMillis(10));
		}
		assertThat(this.ticker.asked).isEqualTo(10);
	}

	@Test
	void isSetWithinASecond() {
		millis();
		this.ticker.now = this.ticker.now.minus(Duration.ofHours(1));
		this.ticker.pass(Duration.ofNanos(ReceiptClock.MAX_AGE_NANOS));
		assertThat(millis()).isEqualTo(this.ticker.now.toEpochMilli());
	}

	private long millis() {
		return this.clock.millis(this.ticker.nanoTime());
	}

	/**
	 * The value overflows after a second.
	 */
	private static final class SettableTicker implements Ticker {

		private long nanoTime = Long.MAX_VALUE - 1_000_000_000L;

		private Instant now = Instant.EPOCH;

		private int asked;

		@Override
		public long nanoTime() {
			return this.nanoTime;
		}

		@Override
		public Instant now() {
			this.asked++;
			return this.now;
		}

		private void pass(Duration duration) {
			this.nanoTime += duration.toNanos();
			this.now = this.now.plus(duration);
		}

	}

}
