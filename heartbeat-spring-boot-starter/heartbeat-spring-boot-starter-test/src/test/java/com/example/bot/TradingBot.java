package com.example.bot;

import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Buys when the price is low, and stops trading while there are no prices.
 */
@Component
class TradingBot {

	private final HeartbeatClient quotes;

	private volatile boolean trading;

	private volatile @Nullable BigDecimal price;

	TradingBot(HeartbeatClient quotes) {
		this.quotes = quotes;
		quotes.subscribe("EUR", "subscribe EUR", "unsubscribe EUR");
	}

	@EventListener
	void on(HeartbeatOpenEvent event) {
		this.trading = true;
	}

	@EventListener
	void on(HeartbeatCloseEvent event) {
		this.trading = false;
	}

	@HeartbeatMessageListener("quotes")
	void on(Quote quote) {
		this.price = quote.price();
	}

	CompletableFuture<Void> order(String order) {
		return this.quotes.send(order);
	}

	boolean isTrading() {
		return this.trading;
	}

	@Nullable BigDecimal price() {
		return this.price;
	}

	record Quote(String symbol, BigDecimal price) {
	}

}
