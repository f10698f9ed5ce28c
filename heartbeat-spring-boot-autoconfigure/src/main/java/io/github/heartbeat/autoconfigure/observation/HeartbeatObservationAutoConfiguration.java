package io.github.heartbeat.autoconfigure.observation;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.OnUnshownClientsCondition;
import io.github.heartbeat.observation.DefaultHeartbeatAttemptObservationConvention;
import io.github.heartbeat.observation.HeartbeatAttemptObservationConvention;
import io.github.heartbeat.observation.HeartbeatObservations;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration for the observations of WebSocket clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ HeartbeatClients.class, ObservationRegistry.class })
@Conditional(OnUnshownClientsCondition.class)
public final class HeartbeatObservationAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatObservations heartbeatObservations(ObservationRegistry registry,
			ObjectProvider<HeartbeatAttemptObservationConvention> convention) {
		return new HeartbeatObservations(registry,
				convention.getIfAvailable(DefaultHeartbeatAttemptObservationConvention::new));
	}

}
