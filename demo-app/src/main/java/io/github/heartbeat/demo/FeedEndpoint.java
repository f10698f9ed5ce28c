package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Pushes a price every second and answers heartbeats.
 */
@Component
class FeedEndpoint extends DemoEndpoint {

	private static final String HEARTBEAT = "heartbeat";

	private double price = 100;

	FeedEndpoint(TaskScheduler scheduler, @Value("${demo.slow-answer}") Duration slowAnswer) {
		super(scheduler, slowAnswer);
	}

	@Scheduled(fixedRate = 1, timeUnit = TimeUnit.SECONDS)
	void pushPrice() {
		this.price *= 1 + ThreadLocalRandom.current().nextDouble(-0.01, 0.01);
		push(String.format(Locale.ROOT, "{\"symbol\":\"ACME\",\"price\":%.2f}", this.price));
	}

	@Override
	@Nullable String answer(String text) {
		return HEARTBEAT.equals(text) ? HEARTBEAT : null;
	}

}
