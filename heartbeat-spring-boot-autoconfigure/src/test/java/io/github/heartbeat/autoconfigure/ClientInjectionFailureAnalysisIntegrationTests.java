package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application says when a client cannot be injected.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientInjectionFailureAnalysisIntegrationTests {

	private static String analysis(CapturedOutput output, Class<?> configuration, String... arguments) {
		SpringApplication application = new SpringApplication(configuration);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments));
		String text = output.toString();
		return text.substring(text.indexOf("Description:")).strip();
	}

	@Test
	void aQualifierThatNamesNoClient(CapturedOutput output) {
		assertThat(analysis(output, Misspelled.class, "--heartbeat.clients.quotes.url=ws://localhost:1",
				"--heartbeat.clients.price-feed.url=ws://localhost:1"))
			.isEqualTo("""
					Description:

					Parameter 0 of method consumer in %s requires the client 'quots', which does not exist. \
					The clients are 'quotes', 'price-feed'.

					Action:

					Did you mean 'quotes'? Use the name of a client as the qualifier, or configure the client \
					with the key 'heartbeat.clients.quots.url'.""".formatted(Misspelled.class.getName()));
	}

	@Test
	void noClientIsConfigured(CapturedOutput output) {
		assertThat(analysis(output, Misspelled.class)).isEqualTo("""
				Description:

				Parameter 0 of method consumer in %s requires a client, but there is none.

				Action:

				Configure it with the key 'heartbeat.clients.quots.url', and check that 'heartbeat.enabled' \
				is not false.""".formatted(Misspelled.class.getName()));
	}

	@Test
	void severalClientsWithoutAQualifier(CapturedOutput output) {
		assertThat(analysis(output, Unqualified.class, "--heartbeat.clients.quotes.url=ws://localhost:1",
				"--heartbeat.clients.orders.url=ws://localhost:1"))
			.isEqualTo("""
					Description:

					Parameter 0 of method consumer in %s requires a single client, but there are 2: \
					'quotes', 'orders'.

					Action:

					Add a qualifier with the name of a client, such as @Qualifier("quotes")."""
				.formatted(Unqualified.class.getName()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Misspelled {

		@Bean
		String consumer(@Qualifier("quots") HeartbeatClient client) {
			return client.getName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Unqualified {

		@Bean
		String consumer(HeartbeatClient it) {
			return it.getName();
		}

	}

}
