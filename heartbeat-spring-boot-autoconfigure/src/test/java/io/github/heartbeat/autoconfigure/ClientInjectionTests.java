package io.github.heartbeat.autoconfigure;

import java.net.ServerSocket;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Injection of clients by name, whatever other beans are called.
 */
class ClientInjectionTests {

	private static final Map<String, Object> PROPERTIES = Map.of("heartbeat.clients.quotes.url", "ws://localhost:1",
			"heartbeat.clients.price-feed.url", "ws://localhost:1", "heartbeat.defaults.auto-startup", "false");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", PROPERTIES)));

	@Test
	void whenABeanHasTheNameOfAClientThenTheQualifierFindsTheClient() {
		this.runner.withUserConfiguration(Quotes.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("quotes")).isInstanceOf(Quotes.class);
			Quotes quotes = context.getBean(Quotes.class);
			assertThat(quotes.client.getName()).isEqualTo("quotes");
			assertThat(quotes.sameClient).isSameAs(quotes.client);
			assertThat(quotes.otherClient.getName()).isEqualTo("price-feed");
		});
	}

	@Test
	void whenABeanHasTheBeanNameOfAClientThenTheClientIsNotCreated() throws Exception {
		try (ServerSocket server = new ServerSocket(0)) {
			this.runner.withUserConfiguration(OwnBeanName.class)
				.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:" + server.getLocalPort(),
						"heartbeat.defaults.auto-startup=true")
				.run((context) -> {
					assertThat(context.getBean("quotes")).isSameAs(context.getBean("quotesHeartbeatClient"));
					assertThat(context.getBean("quotes", HeartbeatClient.class).getState())
						.isEqualTo(HeartbeatClientState.EXHAUSTED);
					assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("price-feed");
				});
		}
	}

	@Test
	void whenAClientBeanHasTheConfiguredNameThenTheClientIsNotCreated() {
		this.runner.withUserConfiguration(OwnConfiguredName.class).run((context) -> {
			assertThat(context.getBeansOfType(HeartbeatClient.class)).containsOnlyKeys("quotes",
					"priceFeedHeartbeatClient");
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("price-feed");
		});
	}

	@Configuration("quotes")
	static class Quotes {

		private final HeartbeatClient client;

		private final HeartbeatClient sameClient;

		private final HeartbeatClient otherClient;

		Quotes(@Qualifier("quotes") HeartbeatClient client,
				@Qualifier("quotesHeartbeatClient") HeartbeatClient sameClient,
				@Qualifier("price-feed") HeartbeatClient otherClient) {
			this.client = client;
			this.sameClient = sameClient;
			this.otherClient = otherClient;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeanName {

		@Bean
		HeartbeatClient quotesHeartbeatClient() {
			HeartbeatClient client = mock(HeartbeatClient.class);
			given(client.getState()).willReturn(HeartbeatClientState.EXHAUSTED);
			return client;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConfiguredName {

		@Bean
		HeartbeatClient quotes() {
			return mock(HeartbeatClient.class);
		}

	}

}
