package io.github.heartbeat.autoconfigure;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes an unknown key under {@code heartbeat} without its value. The analyzer of
 * Spring Boot shows the value, which can be a secret if the key is a misspelled url or
 * header.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownHeartbeatKeyFailureAnalyzer
		extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	static final String ACTION = "Check the spelling. A client requires a 'url' and accepts the keys of 'heartbeat.defaults'.";

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("heartbeat");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		if (!cause.getUnboundProperties().stream().map(ConfigurationProperty::getName).allMatch(PREFIX::isAncestorOf)) {
			return null;
		}
		String keys = cause.getUnboundProperties()
			.stream()
			.map(UnknownHeartbeatKeyFailureAnalyzer::text)
			.collect(Collectors.joining("\n"));
		return new FailureAnalysis("Unknown configuration property:\n\n" + keys, ACTION, cause);
	}

	private static String text(ConfigurationProperty property) {
		return "    '" + KeyText.of(property.getName()) + "'" + KeyText.origin(property);
	}

}
