package io.github.heartbeat.internal.runtime;

import java.time.Instant;

/**
 * The system clock.
 */
public final class SystemTicker implements Ticker {

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Instant now() {
		return Instant.now();
	}

}
