package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.InvalidHeartbeatSettingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a setting that cannot work.
 */
final class InvalidHeartbeatSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHeartbeatSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHeartbeatSettingException cause) {
		String value = (cause.getValue() != null) ? " is '" + cause.getValue() + "', which" : "";
		return new FailureAnalysis("'" + cause.getKey() + "'" + value + " " + cause.getReason() + ".",
				cause.getAction(), cause);
	}

}
