package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.InvalidHeartbeatSettingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes an invalid setting. Runs before the analyzers of Spring Boot, which find a
 * bind failure in the same chain of causes and show the value.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidHeartbeatSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHeartbeatSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHeartbeatSettingException cause) {
		String value = (cause.getValue() != null) ? " is '" + cause.getValue() + "', which" : "";
		return new FailureAnalysis("'" + cause.getKey() + "'" + value + " " + cause.getReason() + ".",
				cause.getAction(), cause);
	}

}
