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
 * Explains a key of ours that does not exist, without its value: that of Spring Boot
 * shows it, and a mistyped url or header may be a secret.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownHeartbeatKeyFailureAnalyzer
		extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	static final String ACTION = "Check its spelling; a client needs at least a 'url', and takes the keys of 'heartbeat.defaults'.";

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
		return new FailureAnalysis("There is no such key:\n\n" + keys, ACTION, cause);
	}

	private static String text(ConfigurationProperty property) {
		return "    '" + KeyText.of(property.getName()) + "'" + KeyText.origin(property);
	}

}
