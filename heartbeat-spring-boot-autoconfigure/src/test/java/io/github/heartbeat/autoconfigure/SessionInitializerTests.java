package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.AmbiguousSessionInitializerException;
import io.github.heartbeat.testing.OurThreads;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Session initializers as beans. Clients do not connect here, because no server listens
 * on port 1.
 */
class SessionInitializerTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/",
				"heartbeat.clients.orders.url=ws://localhost:1/");

	@Test
	void eachClientCanHaveItsOwnInitializer() {
		this.runner.withBean("quotes", Login.class, () -> new Login("quotes"))
			.withBean("orders", Login.class, () -> new Login("orders"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void severalInitializersOfAClientFailTheStartWithAnAnalysis() throws Exception {
		this.runner.withBean("one", Login.class, () -> new Login("quotes"))
			.withBean("two", Login.class, () -> new Login(null))
			.run((context) -> {
				AmbiguousSessionInitializerException cause = ambiguity(context.getStartupFailure());
				FailureAnalysis analysis = new AmbiguousSessionInitializerFailureAnalyzer().analyze(cause, cause);
				assertThat(analysis.getDescription())
					.isEqualTo("Client 'quotes' is supported by 2 session initializers, "
							+ "but its connections are prepared by one:\n\n  - " + Login.class.getName() + "\n  - "
							+ Login.class.getName());
				assertThat(analysis.getAction()).isEqualTo("Let supports(\"quotes\") return true in only one of them.");
			});
		OurThreads.awaitNone();
	}

	private static AmbiguousSessionInitializerException ambiguity(Throwable failure) {
		Throwable cause = failure;
		while (!(cause instanceof AmbiguousSessionInitializerException ambiguity)) {
			assertThat(cause).as("cause of " + failure).isNotNull();
			cause = cause.getCause();
		}
		return ambiguity;
	}

	@Test
	void anInitializerWhoseSupportsThrowsFailsTheStart() {
		this.runner.withBean(HeartbeatSessionInitializer.class, () -> new Login("quotes") {

			@Override
			public boolean supports(String clientName) {
				throw new IllegalStateException("for the test");
			}

		}).run((context) -> assertThat(context).getFailure().hasRootCauseMessage("for the test"));
	}

	@Test
	void anAmbiguousClientIsNotCreatedAtRunTime() {
		this.runner.withBean("one", Login.class, () -> new Login("made")).run((context) -> {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost:1/")
				.sessionInitializer(new Login(null))
				.build();
			assertThatExceptionOfType(AmbiguousSessionInitializerException.class)
				.isThrownBy(() -> clients.create("made", settings))
				.withMessage("Several session initializers support client 'made'");
			assertThat(clients.get("made")).isNull();
		});
	}

	@Test
	void anInitializerCanHaveItsClientInjected() {
		this.runner.withUserConfiguration(InjectedConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static class Login implements HeartbeatSessionInitializer {

		private final String clientName;

		Login(String clientName) {
			this.clientName = clientName;
		}

		@Override
		public boolean supports(String clientName) {
			return this.clientName == null || this.clientName.equals(clientName);
		}

		@Override
		public void initialize(HeartbeatSession session) {
			session.ready();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedConfiguration {

		@Bean
		HeartbeatSessionInitializer login(HeartbeatClient quotesHeartbeatClient) {
			return new Login(quotesHeartbeatClient.getName());
		}

	}

}
