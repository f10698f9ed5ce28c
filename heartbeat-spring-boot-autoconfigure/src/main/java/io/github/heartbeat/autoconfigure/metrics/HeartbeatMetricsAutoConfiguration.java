package io.github.heartbeat.autoconfigure.metrics;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.OnUnshownClientsCondition;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration for the meters of WebSocket clients.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ HeartbeatClients.class, MeterRegistry.class })
@Conditional(OnUnshownClientsCondition.class)
public final class HeartbeatMetricsAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatMeters heartbeatMeters(MeterRegistry registry) {
		return new HeartbeatMeters(registry);
	}

}
