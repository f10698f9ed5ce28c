package io.github.heartbeat.demo;

import org.springframework.stereotype.Component;

/**
 * Answers every text with itself, heartbeats too.
 */
@Component
class EchoEndpoint extends DemoEndpoint {

	@Override
	String answer(String text) {
		return text;
	}

}
