package com.example.bot;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;

import org.springframework.stereotype.Component;

/**
 * Sends a fresh token with each handshake.
 */
@Component
class Tokens implements HeartbeatHandshakeCustomizer {

	private final AtomicInteger number = new AtomicInteger();

	@Override
	public void customize(String clientName, HeartbeatHandshake handshake) {
		handshake.getHeaders().setBearerAuth("token-" + this.number.incrementAndGet());
	}

}
