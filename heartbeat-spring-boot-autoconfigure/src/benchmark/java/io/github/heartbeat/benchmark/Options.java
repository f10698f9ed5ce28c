package io.github.heartbeat.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * What of the suite runs, and how large, by system properties.
 *
 * @param mode which tables are made
 * @param rows the rows wanted, or none for all
 * @param quick whether only to show that everything runs
 * @param rounds of short rows, or 0 for the rows' own
 * @param endurance how long the endurance mode takes
 */
record Options(Mode mode, List<String> rows, boolean quick, int rounds, Duration endurance) {

	static Options fromSystemProperties() {
		boolean quick = Boolean.parseBoolean(property("quick", "false"));
		return new Options(Mode.valueOf(property("mode", "table").toUpperCase()),
				List.of(property("rows", "").split(",")).stream().filter((row) -> !row.isBlank()).toList(), quick,
				Integer.parseInt(property("rounds", "0")),
				Duration.ofSeconds(Long.parseLong(property("seconds", quick ? "20" : "600"))));
	}

	/**
	 * An option that Maven was not given arrives empty.
	 */
	static String property(String name, String fallback) {
		String value = System.getProperty("benchmark." + name, "");
		return value.isEmpty() ? fallback : value;
	}

	boolean wants(String row) {
		return this.rows.isEmpty() || this.rows.contains(row);
	}

	/**
	 * What the suite makes.
	 */
	enum Mode {

		TABLE, GROWTH, ENDURANCE

	}

}
