package io.github.heartbeat.autoconfigure.json;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.message.JsonHeartbeatMessageConverter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for messages in JSON, by the {@link JsonMapper} of the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = HeartbeatAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBean(HeartbeatClients.class)
@ConditionalOnSingleCandidate(JsonMapper.class)
public final class HeartbeatJsonAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	JsonHeartbeatMessageConverter heartbeatJsonMessageConverter(JsonMapper mapper) {
		return new JsonHeartbeatMessageConverter(mapper);
	}

}
