package io.github.heartbeat.demo;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Echoes every text message, including heartbeats.
 */
@Component
class EchoEndpoint extends DemoEndpoint {

	EchoEndpoint(TaskScheduler scheduler, @Value("${demo.slow-answer}") Duration slowAnswer) {
		super(scheduler, slowAnswer);
	}

	@Override
	void handle(DemoConnection connection, String text) {
		answer(() -> connection.send(text));
	}

}
