package io.github.heartbeat.autoconfigure.listener;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.heartbeat.autoconfigure.listener.InvalidMessageListenersException.Problem;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes methods that cannot listen to messages.
 */
final class InvalidMessageListenersFailureAnalyzer extends AbstractFailureAnalyzer<InvalidMessageListenersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidMessageListenersException cause) {
		List<Problem> problems = cause.getProblems();
		if (problems.size() == 1) {
			return new FailureAnalysis(problems.get(0).description(), problems.get(0).action(), cause);
		}
		return new FailureAnalysis(
				"The methods with @HeartbeatMessageListener have " + problems.size() + " mistakes:\n\n"
						+ numbered(problems, Problem::description),
				"Correct each of them:\n\n" + numbered(problems, Problem::action), cause);
	}

	private static String numbered(List<Problem> problems, Function<Problem, String> text) {
		return IntStream.range(0, problems.size())
			.mapToObj((i) -> "    " + (i + 1) + ". " + text.apply(problems.get(i)))
			.collect(Collectors.joining("\n"));
	}

}
