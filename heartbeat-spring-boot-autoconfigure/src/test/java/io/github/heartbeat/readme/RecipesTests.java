package io.github.heartbeat.readme;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.Test;

import org.springframework.core.ResolvableType;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * The examples of recipes.md do what the document says.
 */
class RecipesTests {

	private final HeartbeatClient client = mock(HeartbeatClient.class);

	private HeartbeatMessageEvent message(String text) {
		return new HeartbeatMessageEvent(this.client, new TextMessage(text));
	}

	@Test
	void aSessionIsReadyAfterTheWelcomeOnly() {
		HeartbeatSession session = mock(HeartbeatSession.class);
		Recipes.FeedLogin login = new Recipes.FeedLogin(() -> "secret");
		assertThat(login.supports("feed")).isTrue();
		assertThat(login.supports("orders")).isFalse();
		login.initialize(session);
		verify(session).send("{\"type\":\"login\",\"token\":\"secret\"}");
		assertThat(login.onMessage(session, new TextMessage("{\"type\":\"news\"}"))).isFalse();
		verify(session, never()).ready();
		assertThat(login.onMessage(session, new TextMessage("{\"type\":\"welcome\"}"))).isTrue();
		verify(session).ready();
	}

	@Test
	void aDeniedLoginFailsTheSession() {
		HeartbeatSession session = mock(HeartbeatSession.class);
		assertThat(new Recipes.FeedLogin(() -> "old").onMessage(session, new TextMessage("{\"type\":\"denied\"}")))
			.isTrue();
		verify(session).fail("The login was denied");
		verify(session, never()).ready();
	}

	@Test
	void aReplyCompletesTheRequestWithItsId() {
		given(this.client.send(anyString())).willReturn(new CompletableFuture<>());
		Recipes.OrderRequests requests = new Recipes.OrderRequests();
		CompletableFuture<String> first = requests.request(this.client, "1", "buy");
		CompletableFuture<String> second = requests.request(this.client, "2", "sell");
		verify(this.client).send("1 buy");
		requests.onMessage(this.client, new TextMessage("2 done"));
		assertThat(second).isCompletedWithValue("done");
		assertThat(first).isNotDone();
		requests.onClose(this.client, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.TRANSPORT);
		assertThat(first).isCompletedExceptionally();
	}

	@Test
	void aRequestThatIsNotSentFails() {
		given(this.client.send(anyString()))
			.willReturn(CompletableFuture.failedFuture(new IllegalStateException("not open, for the test")));
		assertThat(new Recipes.OrderRequests().request(this.client, "1", "buy")).failsWithin(Duration.ofSeconds(10));
	}

	@Test
	void onlyAPingIsAnswered() {
		Recipes.ExchangePings pings = new Recipes.ExchangePings();
		pings.answerPing(message("{\"op\":\"price\"}"));
		verify(this.client, never()).send(anyString());
		pings.answerPing(message("{\"op\":\"ping\"}"));
		verify(this.client).send("{\"op\":\"pong\"}");
	}

	@Test
	void theOperatorsAreNotifiedWhenAClientGaveUp() {
		given(this.client.getName()).willReturn("quotes");
		List<String> notifications = new ArrayList<>();
		new Recipes.Alerts(notifications::add).notifyOperators(
				new HeartbeatExhaustedEvent(this.client, 3, new HeartbeatConnectionException(Kind.CONNECT, "refused")));
		assertThat(notifications).containsExactly("Client quotes gave up after 3 attempts: refused");
	}

	@Test
	void aPositionIsSentWhileTheClientIsOpen() {
		Recipes.Positions positions = new Recipes.Positions(this.client, () -> "47.4,8.5");
		positions.sendPosition();
		verify(this.client, never()).send(anyString());
		given(this.client.isOpen()).willReturn(true);
		given(this.client.send(anyString())).willReturn(CompletableFuture.completedFuture(null));
		positions.sendPosition();
		verify(this.client).send("47.4,8.5");
	}

	@Test
	void aFullQueueDropsTheOldestPrice() {
		Recipes.LatestPrices prices = new Recipes.LatestPrices();
		List.of("1", "2", "3").forEach((price) -> prices.enqueue(message(price)));
		assertThat(prices.latest()).containsExactly("2", "3");
	}

	@Test
	void theConverterReadsWhatItWrites() {
		Recipes.CsvConverter converter = new Recipes.CsvConverter();
		ResolvableType type = ResolvableType.forClass(Recipes.Quote.class);
		assertThat(converter.canRead(type)).isTrue();
		assertThat(converter.canWrite(Recipes.Quote.class)).isTrue();
		Recipes.Quote quote = new Recipes.Quote("EURUSD", new BigDecimal("1.25"));
		assertThat(converter.write(quote)).isEqualTo(new TextMessage("EURUSD,1.25"));
		assertThat(converter.read(converter.write(quote), type)).isEqualTo(quote);
	}

}
