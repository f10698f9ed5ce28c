package io.github.heartbeat.autoconfigure.oauth2;

import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.internal.connect.TokenSource;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration for clients with {@code oauth2.client-registration-id}. Uses the
 * registrations of {@code spring.security.oauth2.client} in servlet, reactive and other
 * applications alike.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = HeartbeatAutoConfiguration.class, afterName = {
		"org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration",
		"org.springframework.boot.security.oauth2.client.autoconfigure.reactive.ReactiveOAuth2ClientAutoConfiguration" })
@ConditionalOnClass({ OAuth2AuthorizedClientManager.class, RestClient.class })
public final class HeartbeatOAuth2AutoConfiguration {

	@Bean
	@Lazy
	static TokenSource heartbeatTokenSource(ListableBeanFactory beanFactory) {
		return new RegistrationTokenSource(beanFactory);
	}

}
