package io.github.heartbeat.benchmark;

import java.time.Duration;
import java.util.List;

/**
 * Options of the suite, read from system properties.
 * @param mode the tables to create
 * @param rows the selected rows; empty selects all rows
 * @param quick whether the run only verifies that everything works
 * @param rounds the number of rounds of short rows, or 0 for the default of each row
 * @param endurance the duration of the endurance mode
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
	 * An option that is not set in Maven arrives as an empty string.
	 */
	static String property(String name, String fallback) {
		String value = System.getProperty("benchmark." + name, "");
		return value.isEmpty() ? fallback : value;
	}

	boolean wants(String row) {
		return this.rows.isEmpty() || this.rows.contains(row);
	}

	/**
	 * Modes of the suite.
	 */
	enum Mode {

		TABLE, GROWTH, ENDURANCE

	}

}
