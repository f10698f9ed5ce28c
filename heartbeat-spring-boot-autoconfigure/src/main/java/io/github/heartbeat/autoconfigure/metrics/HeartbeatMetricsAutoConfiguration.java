package io.github.heartbeat.autoconfigure.metrics;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

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
@Conditional(HeartbeatMetricsAutoConfiguration.OnUnshownClients.class)
public final class HeartbeatMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	HeartbeatMeters heartbeatMeters(MeterRegistry registry) {
		return new HeartbeatMeters(registry);
	}

	/**
	 * Matches if the context has its own clients, or if no parent context exposes the
	 * clients.
	 */
	static final class OnUnshownClients extends AnyNestedCondition {

		OnUnshownClients() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBean(value = HeartbeatClients.class, search = SearchStrategy.CURRENT)
		static final class OwnClients {

		}

		@ConditionalOnMissingBean(HeartbeatMeters.class)
		static final class NotInParent {

		}

	}

}
