package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.Random;

import io.github.heartbeat.HeartbeatClientSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BackoffTests {

	private static final HeartbeatClientSettings.Builder SETTINGS = HeartbeatClientSettings.builder("ws://localhost")
		.reconnectTimeout(Duration.ofSeconds(2))
		.reconnectMultiplier(3)
		.reconnectMaxTimeout(Duration.ofSeconds(20));

	@Test
	void growsByTheMultiplierUpToTheCap() {
		Backoff backoff = new Backoff(SETTINGS.reconnectJitter(0).build(), () -> 0.9);
		assertThat(backoff.waitNanos(1)).isEqualTo(Duration.ofSeconds(2).toNanos());
		assertThat(backoff.waitNanos(2)).isEqualTo(Duration.ofSeconds(6).toNanos());
		assertThat(backoff.waitNanos(3)).isEqualTo(Duration.ofSeconds(18).toNanos());
		assertThat(backoff.waitNanos(4)).isEqualTo(Duration.ofSeconds(20).toNanos());
		assertThat(backoff.waitNanos(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(20).toNanos());
	}

	@Test
	void spreadsEvenlyAroundTheCapToo() {
		Backoff backoff = new Backoff(SETTINGS.reconnectJitter(0.2).build(), new Random(42)::nextDouble);
		double sum = 0;
		double min = Double.MAX_VALUE;
		double max = 0;
		for (int i = 0; i < 10_000; i++) {
			double wait = backoff.waitNanos(100) / 1e9;
			sum += wait;
			min = Math.min(min, wait);
			max = Math.max(max, wait);
		}
		assertThat(min).isBetween(16.0, 16.1);
		assertThat(max).isBetween(23.9, 24.0);
		assertThat(sum / 10_000).isCloseTo(20, within(0.1));
	}

	@Test
	void jitterBoundsAreExact() {
		assertThat(new Backoff(SETTINGS.reconnectJitter(1).build(), () -> 0).waitNanos(1)).isZero();
		assertThat(new Backoff(SETTINGS.reconnectJitter(0.5).build(), () -> 1).waitNanos(1))
			.isEqualTo(Duration.ofSeconds(3).toNanos());
	}

}
