package io.github.heartbeat.autoconfigure.health;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.OnUnshownClientsCondition;
import io.github.heartbeat.health.HeartbeatHealthContributor;
import io.github.heartbeat.health.HeartbeatHealthRegistrar;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/**
 * Auto-configuration for the health of WebSocket clients. The component {@code heartbeat}
 * contains a component for each client.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({ HealthContributorRegistry.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean({ HeartbeatClients.class, HealthContributorRegistry.class })
@ConditionalOnEnabledHealthIndicator("heartbeat")
@EnableConfigurationProperties(HeartbeatHealthProperties.class)
@Conditional(OnUnshownClientsCondition.class)
public final class HeartbeatHealthContributorAutoConfiguration {

	/** Maximum of all durations of the starter. */
	private static final Duration MAX_DOWN_AFTER = Duration.ofDays(3650);

	/**
	 * Not lazy, because the members of health groups are validated at startup.
	 */
	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(value = HeartbeatHealthRegistrar.class,
			name = { "heartbeatHealthContributor", "heartbeatHealthIndicator" }, search = SearchStrategy.CURRENT)
	HeartbeatHealthRegistrar heartbeatHealthRegistrar(HealthContributorRegistry registry, HeartbeatClients clients,
			HeartbeatHealthProperties properties) {
		Duration downAfter = properties.getDownAfter();
		if (downAfter.isNegative() || downAfter.compareTo(MAX_DOWN_AFTER) > 0) {
			throw new InvalidHeartbeatSettingException("management.health.heartbeat.down-after", downAfter.toString(),
					downAfter.isNegative() ? "is negative" : "is longer than ten years",
					"Use a duration such as 30s, or 0 for no delay.");
		}
		return new HeartbeatHealthRegistrar(registry, new HeartbeatHealthContributor(clients, downAfter));
	}

}
