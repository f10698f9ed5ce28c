package io.github.heartbeat.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Analyzes all mistakes of a configuration. Runs before the analyzer of a single invalid
 * setting, which finds the first mistake in the same chain of causes.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidHeartbeatConfigurationFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidHeartbeatConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHeartbeatConfigurationException cause) {
		return ConfigurationProblem.analysis(cause.getProblems(), cause);
	}

}
