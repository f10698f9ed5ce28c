package io.github.heartbeat.autoconfigure.oauth2;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.internal.connect.TokenSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests {@link HeartbeatOAuth2AutoConfiguration} without a server.
 */
class HeartbeatOAuth2AutoConfigurationTests {

	private static final String REGISTRATION = "spring.security.oauth2.client.registration.feed.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(OAuth2ClientAutoConfiguration.class, HeartbeatAutoConfiguration.class,
				HeartbeatOAuth2AutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/",
				"heartbeat.clients.quotes.auto-startup=false",
				"heartbeat.clients.quotes.oauth2.client-registration-id=feed");

	private final ApplicationContextRunner registered = this.runner.withPropertyValues(REGISTRATION + "client-id=me",
			REGISTRATION + "client-secret=secret", REGISTRATION + "authorization-grant-type=client_credentials",
			"spring.security.oauth2.client.provider.feed.token-uri=http://localhost:1/token");

	private void assertRefused(ApplicationContextRunner runner, String reason) {
		runner.run((context) -> {
			Throwable failure = context.getStartupFailure();
			assertThat(failure).isNotNull();
			assertThat(failure).rootCause()
				.hasMessageContaining("heartbeat.clients.quotes.oauth2.client-registration-id")
				.hasMessageContaining(reason);
		});
	}

	@Test
	void aRegistrationIsUsed() {
		this.registered.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(HeartbeatClient.class);
			assertThat(context).doesNotHaveBean(OAuth2AuthorizedClientManager.class);
		});
	}

	@Test
	void withoutRegistrations() {
		assertRefused(this.runner, "names a registration, but the application has none");
	}

	@Test
	void withAnUnknownRegistration() {
		assertRefused(this.registered.withPropertyValues("heartbeat.clients.quotes.oauth2.client-registration-id=fed"),
				"is not a registration");
	}

	@Test
	void withAGrantThatNeedsAPerson() {
		assertRefused(
				this.registered.withPropertyValues(REGISTRATION + "authorization-grant-type=authorization_code",
						REGISTRATION + "redirect-uri=http://localhost/",
						"spring.security.oauth2.client.provider.feed.authorization-uri=http://localhost:1/authorize"),
				"which needs a person");
	}

	@Test
	void withAGrantThatNeedsAProvider() {
		ApplicationContextRunner exchange = this.registered.withPropertyValues(
				REGISTRATION + "authorization-grant-type=urn:ietf:params:oauth:grant-type:token-exchange");
		assertRefused(exchange, "for which there is no provider");
		exchange.withBean(OAuth2AuthorizedClientProvider.class, () -> mock(OAuth2AuthorizedClientProvider.class))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "headers.authorization=Basic eA==, cannot be combined with the header",
			"url=ws://me:password@localhost:1/, cannot be combined with user info" })
	void withOtherCredentials(String property, String reason) {
		assertRefused(this.registered.withPropertyValues("heartbeat.clients.quotes." + property), reason);
	}

	@Test
	void withoutSpringSecurity() {
		assertRefused(
				new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.springframework.security"))
					.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class,
							HeartbeatOAuth2AutoConfiguration.class))
					.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/",
							"heartbeat.clients.quotes.oauth2.client-registration-id=feed"),
				"requires the OAuth2 client of Spring Security");
	}

	@Test
	void withoutAClientThatSendsTokensNothingIsRead() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatOAuth2AutoConfiguration.class))
			.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/",
					"heartbeat.clients.quotes.auto-startup=false")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(TokenSource.class));
	}

}
