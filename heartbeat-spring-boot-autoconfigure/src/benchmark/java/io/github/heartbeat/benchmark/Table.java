package io.github.heartbeat.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The output of the suite.
 */
public final class Table {

	private static final String EMPTY = "";

	private final List<List<String>> lines = new ArrayList<>();

	private final boolean judged;

	private boolean failed;

	/**
	 * Create a table.
	 * @param judged whether the figures are precise enough to compare them with their bounds
	 */
	Table(boolean judged) {
		this.judged = judged;
	}

	/**
	 * Add a figure that has its own bound.
	 * @param what the measured quantity
	 * @param contestant the measured contestant
	 * @param label the name of the contestant in the table
	 * @param name the name of the values
	 */
	public <C> void figure(String what, Samples<C> samples, C contestant, String label, String name, Unit unit,
			Bound bound) {
		if (reportsFailure(what, samples, contestant, label, bound)) {
			return;
		}
		double[] values = samples.values(contestant, name);
		double median = Samples.median(values);
		line(what(what, samples, contestant), label, figure(values, unit), EMPTY, bound.text(), bound.verdict(median));
	}

	/**
	 * Add a figure whose ratio to a baseline has a bound.
	 * @param what the measured quantity
	 * @param contestant the measured contestant
	 * @param baseline the contestant with ratio 1
	 * @param label the name of the contestant in the table
	 * @param name the name of the values
	 */
	public <C> void ratio(String what, Samples<C> samples, C contestant, C baseline, String label, String name,
			Unit unit, Bound bound) {
		if (reportsFailure(what, samples, contestant, label, bound)) {
			return;
		}
		double[] values = samples.values(contestant, name);
		double[] ratios = samples.ratios(contestant, baseline, name);
		if (ratios.length == 0) {
			line(what(what, samples, contestant), label, figure(values, unit), "no baseline", bound.text(),
					bound.test() != null ? "not measured" : EMPTY);
			return;
		}
		double median = Samples.median(ratios);
		String ratio = contestant.equals(baseline) ? "1"
				: String.format(Locale.ROOT, "%.2f%s", median, range("%.2f", ratios));
		line(what(what, samples, contestant), label, figure(values, unit), ratio, bound.text(), bound.verdict(median));
	}

	/**
	 * Add a quantity that is not measured.
	 */
	public void skipped(String what, String label, String reason) {
		line(what, label, "skipped: " + reason.replace("|", "/"), EMPTY, EMPTY, EMPTY);
	}

	/**
	 * Add a required quantity whose measurement failed.
	 */
	public void failed(String what, String label, String reason, Bound bound) {
		this.failed = true;
		line(what, label, "failed: " + reason.lines().findFirst().orElse(EMPTY).replace("|", "/"), EMPTY, bound.text(),
				(bound.test() != null) ? "**not met**" : EMPTY);
	}

	boolean hasFailed() {
		return this.failed;
	}

	private <C> boolean reportsFailure(String what, Samples<C> samples, C contestant, String label, Bound bound) {
		String failure = samples.failure(contestant);
		if (failure == null) {
			return false;
		}
		failed(what, label, failure, bound);
		return true;
	}

	private static <C> String what(String what, Samples<C> samples, C contestant) {
		long failed = samples.failedRounds(contestant);
		return what + " (" + samples.rounds(contestant) + ((samples.rounds(contestant) == 1) ? " round" : " rounds")
				+ ((failed > 0) ? ", " + failed + " failed" : "") + ")";
	}

	private static String figure(double[] values, Unit unit) {
		String median = unit.format(Samples.median(values));
		if (values.length == 1) {
			return median;
		}
		return median + " (" + unit.format(DoubleStream.of(values).min().orElseThrow()) + " – "
				+ unit.format(DoubleStream.of(values).max().orElseThrow()) + ")";
	}

	private static String range(String format, double[] values) {
		if (values.length == 1) {
			return EMPTY;
		}
		return String.format(Locale.ROOT, " (" + format + " – " + format + ")",
				DoubleStream.of(values).min().orElseThrow(), DoubleStream.of(values).max().orElseThrow());
	}

	/**
	 * Add a line.
	 */
	public void line(String what, String contestant, String figure, String ratio, String bound, String verdict) {
		this.lines.add(List.of(what, contestant, figure, ratio, bound, this.judged ? verdict : EMPTY));
	}

	void print(PrintStream out) {
		out.println("| what | contestant | figure | ratio | bound | |");
		out.println("| --- | --- | --- | --- | --- | --- |");
		this.lines.forEach((line) -> out.println("| " + String.join(" | ", line) + " |"));
	}

}
