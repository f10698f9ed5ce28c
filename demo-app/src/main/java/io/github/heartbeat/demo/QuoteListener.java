package io.github.heartbeat.demo;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import io.github.heartbeat.annotation.HeartbeatMessageListener;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Receives the messages of the client {@code feed} as objects and shows the latest of
 * each symbol.
 */
@RestController
@ConditionalOnBooleanProperty("demo.login")
class QuoteListener {

	private final Map<String, Quote> latest = new ConcurrentSkipListMap<>();

	@HeartbeatMessageListener("feed")
	void onQuote(Quote quote) {
		this.latest.put(quote.symbol(), quote);
	}

	@GetMapping("/quotes")
	Collection<Quote> quotes() {
		return this.latest.values();
	}

}
