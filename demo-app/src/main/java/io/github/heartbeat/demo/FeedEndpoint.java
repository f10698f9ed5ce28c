package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;

/**
 * Pushes quotes of the subscribed symbols every second and answers heartbeats. A
 * connection must log in first.
 */
@Component
class FeedEndpoint extends DemoEndpoint {

	private static final Log logger = LogFactory.getLog(FeedEndpoint.class);

	private static final String HEARTBEAT = "heartbeat";

	private static final String WELCOME = "{\"type\":\"welcome\"}";

	private static final String TOKEN = "demo";

	private static final CloseStatus NOT_LOGGED_IN = new CloseStatus(4401, "log in first");

	private static final Map<String, Double> FIRST_PRICES = Map.of("EUR", 1.0843, "GBP", 1.2704, "USD", 0.9222);

	private final JsonMapper json;

	private final Duration loginTime;

	private final Map<String, Double> prices = new TreeMap<>(FIRST_PRICES);

	FeedEndpoint(TaskScheduler scheduler, JsonMapper json, @Value("${demo.slow-answer}") Duration slowAnswer,
			@Value("${demo.login-time}") Duration loginTime) {
		super(scheduler, slowAnswer);
		this.json = json;
		this.loginTime = loginTime;
	}

	@Scheduled(fixedRate = 1, timeUnit = TimeUnit.SECONDS)
	void pushQuotes() {
		this.prices.replaceAll((symbol, price) -> price * (1 + ThreadLocalRandom.current().nextDouble(-0.001, 0.001)));
		push((connection) -> FeedSession.of(connection)
			.symbols()
			.forEach((symbol) -> connection.send(quote(symbol, this.prices.get(symbol)))));
	}

	private static String quote(String symbol, @Nullable Double price) {
		return String.format(Locale.ROOT, "{\"type\":\"quote\",\"symbol\":\"%s\",\"price\":%.4f}", symbol, price);
	}

	@Override
	void handle(DemoConnection connection, String text) {
		FeedSession session = FeedSession.of(connection);
		FeedRequest request = read(text);
		if (request instanceof FeedRequest.Login login && TOKEN.equals(login.token())) {
			logIn(connection, session);
		}
		else if (session.login() != FeedSession.Login.DONE) {
			answer(() -> connection.close(NOT_LOGGED_IN));
		}
		else if (HEARTBEAT.equals(text)) {
			answer(() -> connection.send(HEARTBEAT));
		}
		else if (request instanceof FeedRequest.Subscribe subscribe && subscribe.symbol() != null
				&& FIRST_PRICES.containsKey(subscribe.symbol())) {
			session.symbols().add(subscribe.symbol());
		}
		else if (request instanceof FeedRequest.Unsubscribe unsubscribe && unsubscribe.symbol() != null) {
			session.symbols().remove(unsubscribe.symbol());
		}
	}

	private void logIn(DemoConnection connection, FeedSession session) {
		if (session.login() == FeedSession.Login.MISSING) {
			session.setLogin(FeedSession.Login.PENDING);
			answerAfter(this.loginTime, () -> {
				session.setLogin(FeedSession.Login.DONE);
				connection.send(WELCOME);
			});
		}
	}

	private @Nullable FeedRequest read(String text) {
		try {
			return HEARTBEAT.equals(text) ? null : this.json.readValue(text, FeedRequest.class);
		}
		catch (JacksonException ex) {
			logger.trace("The server ignores what it does not understand", ex);
			return null;
		}
	}

}
