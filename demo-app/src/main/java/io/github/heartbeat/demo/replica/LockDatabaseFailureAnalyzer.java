package io.github.heartbeat.demo.replica;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Explains that a replica was started without its database.
 */
class LockDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<CannotGetJdbcConnectionException> {

	private final Environment environment;

	LockDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, CannotGetJdbcConnectionException cause) {
		Throwable reason = cause.getMostSpecificCause();
		return new FailureAnalysis(
				"The database of the lock of the replicas, " + this.environment.getProperty("spring.datasource.url")
						+ ", does not accept connections: " + reason.getMessage(),
				"Start the server with its database first: --spring.profiles.active=replica-server. "
						+ "For another database set spring.datasource.url, username and password.",
				cause);
	}

}
