package io.github.heartbeat.test;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.test.AutoConfigureHeartbeatServer.Clock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static io.github.heartbeat.test.HeartbeatAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each test leaves as much as it can behind, and finds nothing of the test before.
 */
class ResetTests {

	@Nested
	@SpringBootTest(classes = TestApplication.class,
			properties = "heartbeat.clients.orders.url=ws://orders.example.com")
	@AutoConfigureHeartbeatServer(clock = Clock.MANUAL)
	class WithTheManualClock extends Leaving {

	}

	@Nested
	@SpringBootTest(classes = TestApplication.class,
			properties = "heartbeat.clients.orders.url=ws://orders.example.com")
	@AutoConfigureHeartbeatServer
	class WithTheRealClock extends Leaving {

	}

	abstract static class Leaving {

		/** Half of the tests: one thread left by each would be more. */
		private static final int MAX_THREADS = 50;

		@Autowired
		private HeartbeatClients clients;

		@Autowired
		private HeartbeatTestServer server;

		@RepeatedTest(100)
		void nothingIsLeft() {
			HeartbeatClient quotes = this.clients.get("quotes");
			HeartbeatClient orders = this.clients.get("orders");
			assertThat(quotes).isOpen();
			assertThat(orders).isOpen();
			assertThat(this.clients.getAll()).containsOnlyKeys("quotes", "orders");
			assertThat(quotes.getSnapshot().subscriptions()).isZero();
			assertThat(quotes.getSnapshot().pendingSends()).isZero();
			assertThat(quotes.getRepeat()).isZero();
			assertThat(this.server.client("quotes").received()).isEmpty();
			assertThat(this.server.client("quotes").handshakes()).hasSize(1);
			assertThat(this.server.client("made").handshakes()).isEmpty();
			assertThat(threads()).isLessThan(MAX_THREADS);
			leave(quotes, orders);
		}

		private static long threads() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().startsWith("heartbeat-"))
				.count();
		}

		private void leave(HeartbeatClient quotes, HeartbeatClient orders) {
			quotes.subscribe("EUR", "subscribe", null);
			quotes.send("1");
			this.server.client("quotes").send("echo");
			this.server.client("quotes").answerHeartbeats(false).refuse(401);
			this.server.client("quotes").freeze();
			quotes.send("2");
			this.clients.create("made", HeartbeatClientSettings.builder("ws://made.example.com").build());
			this.server.client("made").hang();
			orders.close();
		}

	}

}
