package io.github.heartbeat.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.endpoint.HeartbeatEndpointAutoConfiguration;
import io.github.heartbeat.autoconfigure.health.HeartbeatHealthContributorAutoConfiguration;
import io.github.heartbeat.autoconfigure.json.HeartbeatJsonAutoConfiguration;
import io.github.heartbeat.autoconfigure.leader.HeartbeatLeadershipAutoConfiguration;
import io.github.heartbeat.autoconfigure.listener.HeartbeatMessageListenerAutoConfiguration;
import io.github.heartbeat.autoconfigure.metrics.HeartbeatMetricsAutoConfiguration;
import io.github.heartbeat.autoconfigure.oauth2.HeartbeatOAuth2AutoConfiguration;
import io.github.heartbeat.autoconfigure.observation.HeartbeatObservationAutoConfiguration;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;

/**
 * Imports the auto-configurations of the starter and those of Spring Boot that every
 * application has. The class path of these tests has every optional library, so an
 * application with {@link EnableAutoConfiguration} takes several times longer to start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class,
		SslAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class, HeartbeatAutoConfiguration.class,
		HeartbeatEndpointAutoConfiguration.class, HeartbeatHealthContributorAutoConfiguration.class,
		HeartbeatJsonAutoConfiguration.class, HeartbeatLeadershipAutoConfiguration.class,
		HeartbeatMessageListenerAutoConfiguration.class, HeartbeatMetricsAutoConfiguration.class,
		HeartbeatOAuth2AutoConfiguration.class, HeartbeatObservationAutoConfiguration.class })
public @interface ImportHeartbeatAutoConfigurations {

}
