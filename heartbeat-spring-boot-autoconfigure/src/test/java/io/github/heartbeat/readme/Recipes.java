package io.github.heartbeat.readme;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.event.EventListener;
import org.springframework.core.ResolvableType;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The Java examples of recipes.md and messages.md, word for word.
 */
final class Recipes {

	private static final Log logger = LogFactory.getLog(Recipes.class);

	private Recipes() {
	}

	@Component
	static class FeedLogin implements HeartbeatSessionInitializer {

		private final Supplier<String> token;

		FeedLogin(Supplier<String> token) {
			this.token = token;
		}

		@Override
		public boolean supports(String clientName) {
			return clientName.equals("feed");
		}

		@Override
		public void initialize(HeartbeatSession session) {
			session.send("{\"type\":\"login\",\"token\":\"" + this.token.get() + "\"}");
		}

		@Override
		public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
			if (message.getPayload().equals("{\"type\":\"welcome\"}")) {
				session.ready();
				return true;
			}
			if (message.getPayload().equals("{\"type\":\"denied\"}")) {
				session.fail("The login was denied");
				return true;
			}
			return false;
		}

	}

	@Component
	static class Trades {

		private volatile long last;

		Trades(@Qualifier("trades") HeartbeatClient client) {
			client.subscribe("trades", () -> new TextMessage("{\"type\":\"subscribe\",\"after\":" + this.last + "}"),
					null);
		}

		@HeartbeatMessageListener("trades")
		void onTrade(Trade trade) {
			this.last = trade.number();
		}

	}

	record Trade(long number, BigDecimal price) {
	}

	@Component
	static class OrderRequests implements HeartbeatListener {

		private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

		@Override
		public boolean supports(String clientName) {
			return clientName.equals("orders");
		}

		CompletableFuture<String> request(HeartbeatClient client, String id, String body) {
			CompletableFuture<String> reply = new CompletableFuture<>();
			this.pending.put(id, reply);
			reply.whenComplete((text, failure) -> this.pending.remove(id));
			client.send(id + " " + body).exceptionally((failure) -> {
				reply.completeExceptionally(failure);
				return null;
			});
			return reply.orTimeout(5, TimeUnit.SECONDS);
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			String text = message.getPayload().toString();
			CompletableFuture<String> reply = this.pending.get(text.substring(0, text.indexOf(' ')));
			if (reply != null) {
				reply.complete(text.substring(text.indexOf(' ') + 1));
			}
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			this.pending.values().forEach((reply) -> reply.completeExceptionally(new IOException("Connection ended")));
		}

	}

	static class ExchangePings {

		@EventListener(condition = "event.clientName == 'exchange'")
		void answerPing(HeartbeatMessageEvent event) {
			if (event.getMessage().getPayload().equals("{\"op\":\"ping\"}")) {
				event.getClient().send("{\"op\":\"pong\"}");
			}
		}

	}

	static class Alerts {

		private final Consumer<String> operators;

		Alerts(Consumer<String> operators) {
			this.operators = operators;
		}

		@EventListener
		void notifyOperators(HeartbeatExhaustedEvent event) {
			this.operators.accept("Client " + event.getClientName() + " gave up after " + event.getAttempts()
					+ " attempts: " + event.getCause().getMessage());
		}

	}

	static class Positions {

		private final HeartbeatClient client;

		private final Supplier<String> position;

		Positions(HeartbeatClient client, Supplier<String> position) {
			this.client = client;
			this.position = position;
		}

		@Scheduled(fixedRate = 10, timeUnit = TimeUnit.SECONDS)
		void sendPosition() {
			if (this.client.isOpen()) {
				this.client.send(this.position.get()).exceptionally((failure) -> {
					logger.warn("The position was not sent: " + failure.getMessage());
					return null;
				});
			}
		}

	}

	static class LatestPrices {

		private final BlockingQueue<String> latest = new ArrayBlockingQueue<>(2);

		BlockingQueue<String> latest() {
			return this.latest;
		}

		@EventListener(condition = "event.clientName == 'prices'")
		void enqueue(HeartbeatMessageEvent event) {
			String price = event.getMessage().getPayload().toString();
			while (!this.latest.offer(price)) {
				this.latest.poll();
			}
		}

	}

	@Component
	static class QuoteListener {

		private final Map<String, BigDecimal> prices = new ConcurrentHashMap<>();

		@HeartbeatMessageListener("quotes")
		void onQuote(Quote quote) {
			this.prices.put(quote.symbol(), quote.price());
		}

		Map<String, BigDecimal> prices() {
			return this.prices;
		}

	}

	record Quote(String symbol, BigDecimal price) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = OrderFilled.class, name = "filled"),
			@JsonSubTypes.Type(value = OrderRejected.class, name = "rejected") })
	sealed interface OrderEvent permits OrderFilled, OrderRejected {

	}

	record OrderFilled(String id, long quantity) implements OrderEvent {
	}

	record OrderRejected(String id, String reason) implements OrderEvent {
	}

	record Acknowledgement(String ack) {
	}

	@Component
	static class OrderEvents {

		@HeartbeatMessageListener("orders")
		Acknowledgement onEvent(OrderEvent event) {
			if (event instanceof OrderFilled filled) {
				logger.info("Order " + filled.id() + " is filled");
				return new Acknowledgement(filled.id());
			}
			return null;
		}

	}

	@Component
	static class CsvConverter implements HeartbeatMessageConverter {

		@Override
		public boolean canRead(ResolvableType type) {
			return type.toClass() == Quote.class;
		}

		@Override
		public Object read(WebSocketMessage<?> message, ResolvableType type) {
			String[] fields = message.getPayload().toString().split(",");
			return new Quote(fields[0], new BigDecimal(fields[1]));
		}

		@Override
		public boolean canWrite(Class<?> type) {
			return type == Quote.class;
		}

		@Override
		public WebSocketMessage<?> write(Object payload) {
			Quote quote = (Quote) payload;
			return new TextMessage(quote.symbol() + "," + quote.price());
		}

	}

}
