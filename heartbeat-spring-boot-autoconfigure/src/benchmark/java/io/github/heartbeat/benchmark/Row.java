package io.github.heartbeat.benchmark;

/**
 * A part of the table, from one kind of measurement.
 */
public interface Row {

	/**
	 * Return the name by which it is chosen.
	 */
	String id();

	/**
	 * Measure and report. What cannot be measured is reported as well.
	 */
	void measure(Bench bench, Table table) throws Exception;

}
