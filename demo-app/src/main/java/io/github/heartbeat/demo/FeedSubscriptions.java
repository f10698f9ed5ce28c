package io.github.heartbeat.demo;

import java.util.List;

import io.github.heartbeat.HeartbeatClient;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

/**
 * Subscribes the client {@code feed} to two symbols. The client subscribes again after
 * each reconnect.
 */
@Component
@ConditionalOnBooleanProperty("demo.login")
class FeedSubscriptions implements ApplicationRunner {

	private static final List<String> SYMBOLS = List.of("EUR", "USD");

	private final HeartbeatClient feed;

	FeedSubscriptions(@Qualifier("feed") HeartbeatClient feed) {
		this.feed = feed;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		SYMBOLS.forEach(
				(symbol) -> this.feed.subscribe(symbol, request("subscribe", symbol), request("unsubscribe", symbol)));
	}

	private static String request(String type, String symbol) {
		return "{\"type\":\"" + type + "\",\"symbol\":\"" + symbol + "\"}";
	}

}
