package io.github.heartbeat.client;

import java.time.Instant;

/**
 * The time of the machine.
 */
final class SystemTicker implements Ticker {

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Instant now() {
		return Instant.now();
	}

}
