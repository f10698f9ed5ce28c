package io.github.heartbeat.autoconfigure.endpoint;

import java.time.InstantSource;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.OnUnshownClientsCondition;
import io.github.heartbeat.endpoint.HeartbeatEndpoint;
import io.github.heartbeat.endpoint.HeartbeatEndpointJmxExtension;
import io.github.heartbeat.endpoint.HeartbeatEndpointWebExtension;
import io.github.heartbeat.endpoint.TransitionHistory;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration for the Actuator endpoint of WebSocket clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(HeartbeatClients.class)
@ConditionalOnAvailableEndpoint(HeartbeatEndpoint.class)
@Conditional(OnUnshownClientsCondition.class)
public final class HeartbeatEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	TransitionHistory heartbeatTransitionHistory() {
		return new TransitionHistory(InstantSource.system());
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatEndpoint heartbeatEndpoint(HeartbeatClients clients, TransitionHistory history) {
		return new HeartbeatEndpoint(clients, history);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatEndpointWebExtension heartbeatEndpointWebExtension(HeartbeatEndpoint endpoint) {
		return new HeartbeatEndpointWebExtension(endpoint);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatEndpointJmxExtension heartbeatEndpointJmxExtension(HeartbeatEndpoint endpoint) {
		return new HeartbeatEndpointJmxExtension(endpoint);
	}

}
