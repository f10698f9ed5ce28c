package io.github.heartbeat.test;

import java.time.Duration;
import java.time.Instant;

import io.github.heartbeat.test.internal.ManualEngine;

import org.springframework.util.Assert;

/**
 * The clock of all WebSocket clients of an application context, which the test advances.
 * A bean of tests with {@code @AutoConfigureHeartbeatServer(clock = Clock.MANUAL)}. It
 * moves heartbeats, reconnects, time limits, health and meters of the clients. Schedulers
 * of the application are not affected.
 * <p>
 * Everything that becomes due runs on the calling thread, in the order of its time.
 *
 * @since 0.1.0
 */
public final class HeartbeatTestClock {

	private final ManualEngine engine;

	HeartbeatTestClock(ManualEngine engine) {
		this.engine = engine;
	}

	/**
	 * Advance the clock, and run what becomes due.
	 * @param duration how far to advance it, not negative; {@link Duration#ZERO} runs
	 * what is due now
	 * @throws IllegalStateException if this is called by a listener that runs on this
	 * thread
	 */
	public void advance(Duration duration) {
		Assert.isTrue(!duration.isNegative(), "'duration' must not be negative");
		Assert.state(!this.engine.isRunningHere(), "A listener cannot advance the clock");
		this.engine.advance(duration);
	}

	/**
	 * Return the time of day of the clients. It starts with the time at which the context
	 * was created.
	 * @return the time
	 */
	public Instant now() {
		return this.engine.now();
	}

}
