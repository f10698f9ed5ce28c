package io.github.heartbeat.readme;

import java.time.Duration;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;

/**
 * The beans of the document about replicas for Redis.
 */
@Configuration(proxyBeanMethods = false)
public class RedisReplicas {

	@Bean
	RedisLockRegistry lockRegistry(RedisConnectionFactory connectionFactory) {
		return new RedisLockRegistry(connectionFactory, "locks");
	}

	@Bean(destroyMethod = "shutdown")
	ClientResources clientResources() {
		return ClientResources.builder().reconnectDelay(Delay.constant(Duration.ofMillis(100))).build();
	}

}
