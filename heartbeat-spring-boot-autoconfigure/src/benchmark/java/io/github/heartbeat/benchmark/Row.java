package io.github.heartbeat.benchmark;

/**
 * A part of the table that results from one kind of measurement.
 */
public interface Row {

	/**
	 * Return the name that selects the row.
	 */
	String id();

	/**
	 * Measure and report. The row also reports what it cannot measure.
	 */
	void measure(Bench bench, Table table) throws Exception;

}
