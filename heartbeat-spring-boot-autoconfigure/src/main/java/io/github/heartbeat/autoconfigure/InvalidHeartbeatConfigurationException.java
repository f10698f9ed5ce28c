package io.github.heartbeat.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when the configuration has mistakes. Its cause is the first of them.
 */
final class InvalidHeartbeatConfigurationException extends RuntimeException {

	private final transient List<ConfigurationProblem> problems;

	InvalidHeartbeatConfigurationException(List<ConfigurationProblem> problems) {
		super(problems.stream().map(ConfigurationProblem::description).collect(Collectors.joining(" ")),
				problems.get(0).failure());
		this.problems = List.copyOf(problems);
	}

	List<ConfigurationProblem> getProblems() {
		return this.problems;
	}

}
