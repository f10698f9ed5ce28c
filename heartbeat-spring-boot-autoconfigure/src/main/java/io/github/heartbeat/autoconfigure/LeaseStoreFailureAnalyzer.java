package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.internal.lease.LeaseStoreException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes that another bean needs the store of leases, and there is none. The clients
 * report this as a mistake of their configuration.
 */
final class LeaseStoreFailureAnalyzer extends AbstractFailureAnalyzer<LeaseStoreException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LeaseStoreException cause) {
		return new FailureAnalysis("The store of leases cannot be created, because " + cause.getMessage() + ".",
				cause.action(), cause);
	}

}
