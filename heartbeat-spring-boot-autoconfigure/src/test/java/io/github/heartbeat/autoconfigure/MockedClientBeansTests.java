package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.verify;

/**
 * Mocks and spies replace the bean of a client, also where another bean has its name.
 */
class MockedClientBeansTests {

	@Nested
	@DirtiesContext
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE, properties = {
			"heartbeat.clients.quotes.url=ws://localhost:1", "heartbeat.clients.orders.url=ws://localhost:1" })
	class MockByQualifier {

		@MockitoBean
		@Qualifier("quotes")
		private HeartbeatClient client;

		@Test
		void theMockReplacesTheClient(@Autowired ApplicationContext context, @Autowired Consumer consumer,
				@Autowired HeartbeatClients clients) {
			assertThat(consumer.client).isSameAs(this.client);
			assertThat(context.getBeansOfType(HeartbeatClient.class)).containsOnlyKeys("quotesHeartbeatClient",
					"ordersHeartbeatClient");
			assertThat(clients.getAll()).containsOnlyKeys("orders");
		}

	}

	@Nested
	@DirtiesContext
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "heartbeat.clients.quotes.url=ws://localhost:1",
					"heartbeat.clients.orders.url=ws://localhost:1", "heartbeat.defaults.auto-startup=false" })
	class SpyByQualifier {

		@MockitoSpyBean
		@Qualifier("quotes")
		private HeartbeatClient client;

		@Test
		void theSpyWrapsTheClient(@Autowired ApplicationContext context, @Autowired Consumer consumer) {
			assertThat(consumer.client).isSameAs(this.client);
			assertThat(mockingDetails(consumer.client).isSpy()).isTrue();
			assertThat(context.getBeansOfType(HeartbeatClient.class)).containsOnlyKeys("quotesHeartbeatClient",
					"ordersHeartbeatClient");
			given(this.client.getState()).willReturn(HeartbeatClientState.EXHAUSTED);
			assertThat(consumer.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
			consumer.client.close();
			verify(this.client).close();
		}

	}

	@Nested
	@DirtiesContext
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@TestPropertySource(properties = "heartbeat.clients.quotes.url=ws://localhost:1")
	class MockByType {

		@MockitoBean
		private HeartbeatClient client;

		@Test
		void theOnlyClientIsReplaced(@Autowired Consumer consumer, @Autowired HeartbeatClients clients) {
			assertThat(consumer.client).isSameAs(this.client);
			assertThat(clients.getAll()).isEmpty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Consumer quotes(@Qualifier("quotes") HeartbeatClient client) {
			return new Consumer(client);
		}

	}

	static final class Consumer {

		private final HeartbeatClient client;

		Consumer(HeartbeatClient client) {
			this.client = client;
		}

	}

}
