package io.github.heartbeat.readme;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with mocks and without connections, as described in docs/testing.md.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "heartbeat.clients.quotes.url=ws://localhost:1", "heartbeat.defaults.auto-startup=false" })
class MockedClientTests {

	@MockitoBean(name = "quotesHeartbeatClient")
	private HeartbeatClient client;

	@Autowired
	private HeartbeatClients clients;

	@Autowired
	private ApplicationContext context;

	@Autowired
	private Application application;

	@Test
	void theBeanIsTheMock() {
		assertThat(this.context.getBean(HeartbeatClient.class)).isSameAs(this.client);
		assertThat(this.client.getName()).isNull();
	}

	@Test
	void theConfiguredClientIsStoppedAndRefusesMessages() {
		HeartbeatClient configured = this.clients.get("quotes");
		assertThat(configured).isNotNull().isNotSameAs(this.client);
		assertThat(configured.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(configured.send("hello")).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(HeartbeatSendException.class,
					(ex) -> assertThat(ex.getReason()).isEqualTo(Reason.CLOSED));
	}

	@Test
	void anEventReachesTheListener() {
		this.context.publishEvent(new HeartbeatMessageEvent(this.client, new TextMessage("hello")));
		assertThat(this.application.payloads).containsExactly("hello");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final List<Object> payloads = new CopyOnWriteArrayList<>();

		@EventListener
		void onMessage(HeartbeatMessageEvent event) {
			this.payloads.add(event.getMessage().getPayload());
		}

	}

}
