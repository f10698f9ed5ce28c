package io.github.heartbeat.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Mistake in the configuration.
 *
 * @param failure the key, the reason and the fix
 * @param origin the place of the key, such as a line of a file, or {@code null} if it is
 * unknown
 */
record ConfigurationProblem(InvalidHeartbeatSettingException failure, @Nullable String origin) {

	/**
	 * Return the problem as a sentence.
	 */
	String description() {
		String value = (this.failure.getValue() != null) ? " is '" + this.failure.getValue() + "', which" : "";
		return "'" + this.failure.getKey() + "'" + value + " " + this.failure.getReason() + ".";
	}

	/**
	 * Return an analysis of all problems.
	 */
	static FailureAnalysis analysis(List<ConfigurationProblem> problems, Throwable cause) {
		if (problems.size() == 1) {
			ConfigurationProblem problem = problems.get(0);
			return new FailureAnalysis(problem.description() + problem.originLine("\n\n    "),
					problem.failure().getAction(), cause);
		}
		String descriptions = numbered(
				problems.stream().map((problem) -> problem.description() + problem.originLine("\n       ")).toList());
		String actions = numbered(problems.stream().map((problem) -> problem.failure().getAction()).toList());
		return new FailureAnalysis(
				"The configuration of the WebSocket clients has " + problems.size() + " mistakes:\n\n" + descriptions,
				"Correct each of them:\n\n" + actions, cause);
	}

	private String originLine(String separator) {
		return (this.origin != null) ? separator + "Origin: " + this.origin : "";
	}

	private static String numbered(List<String> texts) {
		return IntStream.range(0, texts.size())
			.mapToObj((i) -> "    " + (i + 1) + ". " + texts.get(i))
			.collect(Collectors.joining("\n"));
	}

}
