package io.github.heartbeat.autoconfigure.listener;

import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.internal.client.ApplicationClients;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for {@link HeartbeatMessageListener @HeartbeatMessageListener}
 * methods.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class)
@ConditionalOnBean(value = ApplicationClients.class, search = SearchStrategy.CURRENT)
public final class HeartbeatMessageListenerAutoConfiguration {

	@Bean
	static MessageListenerMethods heartbeatMessageListenerMethods() {
		return new MessageListenerMethods();
	}

}
