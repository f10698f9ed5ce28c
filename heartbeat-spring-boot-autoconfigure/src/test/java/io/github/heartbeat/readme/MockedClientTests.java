package io.github.heartbeat.readme;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with mocks, as described in docs/testing.md.
 */
@DirtiesContext
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "heartbeat.clients.quotes.url=ws://localhost:1")
class MockedClientTests {

	@MockitoBean
	@Qualifier("quotes")
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
	void theConfiguredClientIsNotCreated() {
		assertThat(this.clients.getAll()).isEmpty();
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
