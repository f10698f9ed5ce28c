package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.AmbiguousSessionInitializerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a client that several {@link HeartbeatSessionInitializer}s support.
 */
final class AmbiguousSessionInitializerFailureAnalyzer
		extends AbstractFailureAnalyzer<AmbiguousSessionInitializerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousSessionInitializerException cause) {
		return new FailureAnalysis(
				"Client '" + cause.getClientName() + "' is supported by " + cause.getInitializers().size()
						+ " session initializers, but its connections are prepared by one:\n\n  - "
						+ String.join("\n  - ", cause.getInitializers()),
				"Let supports(\"" + cause.getClientName() + "\") return true in only one of them.", cause);
	}

}
