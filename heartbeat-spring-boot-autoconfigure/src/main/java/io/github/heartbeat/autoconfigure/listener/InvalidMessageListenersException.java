package io.github.heartbeat.autoconfigure.listener;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown when methods cannot listen to messages.
 */
final class InvalidMessageListenersException extends RuntimeException {

	private final transient List<Problem> problems;

	InvalidMessageListenersException(List<Problem> problems) {
		super(problems.stream().map(Problem::description).collect(Collectors.joining(" ")));
		this.problems = List.copyOf(problems);
	}

	List<Problem> getProblems() {
		return this.problems;
	}

	/**
	 * A problem of one method.
	 *
	 * @param description the method and the reason, as a sentence
	 * @param action the fix
	 */
	record Problem(String description, String action) {
	}

}
