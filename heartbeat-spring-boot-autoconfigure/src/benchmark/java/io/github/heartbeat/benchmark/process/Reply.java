package io.github.heartbeat.benchmark.process;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reply of a child process to a command: named numbers on one line.
 */
public final class Reply {

	private final Map<String, Double> values = new LinkedHashMap<>();

	/**
	 * Add a number.
	 */
	public Reply with(String name, double value) {
		this.values.put(name, value);
		return this;
	}

	/**
	 * Add all numbers of another reply.
	 */
	public Reply with(Reply other) {
		this.values.putAll(other.values);
		return this;
	}

	/**
	 * Return a number.
	 */
	public double get(String name) {
		Double value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException("There is no " + name + " in " + this.values);
		}
		return value;
	}

	/**
	 * Return all numbers.
	 */
	public Map<String, Double> values() {
		return Collections.unmodifiableMap(this.values);
	}

	static Reply parse(String line) {
		Reply reply = new Reply();
		for (String field : line.split(" ")) {
			int equals = field.indexOf('=');
			if (equals > 0) {
				reply.with(field.substring(0, equals), Double.parseDouble(field.substring(equals + 1)));
			}
		}
		return reply;
	}

	@Override
	public String toString() {
		StringBuilder line = new StringBuilder();
		this.values
			.forEach((name, value) -> line.append(line.isEmpty() ? "" : " ").append(name).append('=').append(value));
		return line.toString();
	}

}
