package io.github.heartbeat.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Analyzes invalid settings that are found outside the configured clients. Runs before
 * the analyzers of Spring Boot, which find a bind failure in the same chain of causes and
 * show the value.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class InvalidHeartbeatSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHeartbeatSettingException> {

	private final @Nullable Environment environment;

	InvalidHeartbeatSettingFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHeartbeatSettingException cause) {
		List<ConfigurationProblem> problems = Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed()))
			.filter(InvalidHeartbeatSettingException.class::isInstance)
			.map(InvalidHeartbeatSettingException.class::cast)
			.map((failure) -> new ConfigurationProblem(failure, origin(failure.getKey())))
			.toList();
		return ConfigurationProblem.analysis(problems, cause);
	}

	/**
	 * Return the origin of a complete key. The settings of a builder have incomplete
	 * keys.
	 */
	private @Nullable String origin(String key) {
		if (this.environment == null || !(key.startsWith("management.") || key.startsWith("heartbeat."))) {
			return null;
		}
		return new ConfiguredKeys(this.environment).origin(ConfigurationPropertyName.adapt(key, '.'));
	}

}
