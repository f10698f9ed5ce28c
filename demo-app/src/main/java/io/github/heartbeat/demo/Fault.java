package io.github.heartbeat.demo;

import java.util.Arrays;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Faults that the demo server can simulate.
 */
public enum Fault {

	FREEZE(false, "the connections of this moment are neither read, written to nor closed; new ones are normal"),

	DROP(false, "the connections of this moment are dropped without a close frame"),

	SILENT(true, "connections are accepted and nothing is said"),

	SLOW(true, "quotes stop, and every answer comes late"),

	REFUSE(true, "connections are dropped and new ones refused with HTTP status 503"),

	NORMAL(false, "nothing is wrong any more");

	private final boolean timed;

	private final String description;

	Fault(boolean timed, String description) {
		this.timed = timed;
		this.description = description;
	}

	/**
	 * Return whether the fault ends automatically after a duration.
	 * @return whether the fault is timed
	 */
	boolean isTimed() {
		return this.timed;
	}

	String description() {
		return this.description;
	}

	static @Nullable Fault named(String name) {
		return Arrays.stream(values()).filter((fault) -> fault.toString().equals(name)).findFirst().orElse(null);
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
