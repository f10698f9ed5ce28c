package io.github.heartbeat.replicas;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints the minimum, median and maximum of durations.
 */
final class Figures {

	private final Map<String, List<Long>> nanos = new TreeMap<>();

	void add(String name, long nanos) {
		this.nanos.computeIfAbsent(name, (key) -> new ArrayList<>()).add(nanos);
	}

	void print(String store) {
		this.nanos.forEach((name, values) -> {
			List<Long> sorted = values.stream().sorted().toList();
			System.out.printf("%s, %s: %d rounds, min / median / max %.3f / %.3f / %.3f s%n", store, name,
					sorted.size(), seconds(sorted.get(0)), seconds(sorted.get(sorted.size() / 2)),
					seconds(sorted.get(sorted.size() - 1)));
		});
	}

	private static double seconds(long nanos) {
		return nanos / 1e9;
	}

}
