package com.example.bot;

import java.time.Duration;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.test.AutoConfigureHeartbeatServer;
import io.github.heartbeat.test.AutoConfigureHeartbeatServer.Clock;
import io.github.heartbeat.test.HeartbeatTestClock;
import io.github.heartbeat.test.HeartbeatTestServer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static io.github.heartbeat.test.HeartbeatAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureHeartbeatServer(clock = Clock.MANUAL)
class TradingBotTests {

	@Autowired
	private TradingBot bot;

	@Autowired
	private HeartbeatClient quotes;

	@Autowired
	private HeartbeatTestServer server;

	@Autowired
	private HeartbeatTestClock clock;

	@Test
	void opensAndSubscribes() {
		assertThat(this.quotes).isOpen().hasReceived("subscribe EUR");
		this.server.client("quotes").send("{\"symbol\":\"EUR\",\"price\":1.08}");
		assertThat(this.bot.price()).isEqualByComparingTo("1.08");
	}

	@Test
	void stopsTradingWhenTheServerFreezes() {
		assertThat(this.quotes).isOpen();
		this.server.client("quotes").freeze();
		this.clock.advance(Duration.ofSeconds(24));
		assertThat(this.bot.isTrading()).isTrue();
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(this.bot.isTrading()).isFalse();
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.quotes).isOpen();
		assertThat(this.bot.isTrading()).isTrue();
	}

	@Test
	void sendsAFreshTokenAfterA401() {
		this.server.client("quotes").refuse(401);
		this.quotes.reconnect();
		assertThat(this.quotes).isWaiting();
		this.server.client("quotes").accept();
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.quotes).isOpen();
		assertThat(this.server.client("quotes").handshakes())
			.extracting((handshake) -> handshake.headers().getFirst("Authorization"))
			.doesNotHaveDuplicates()
			.hasSizeGreaterThan(2);
	}

	@Test
	void givesUpWhenTheServerClosesWith4401() {
		this.server.client("quotes").close(4401);
		assertThat(this.quotes).isExhausted();
		this.clock.advance(Duration.ofHours(1));
		assertThat(this.quotes).isExhausted();
	}

	@Test
	void sendsTheBacklogInOrder() {
		this.server.client("quotes").drop();
		List.of("buy 1", "buy 2", "sell 3").forEach(this.bot::order);
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.quotes).hasReceived("subscribe EUR", "buy 1", "buy 2", "sell 3");
	}

}
