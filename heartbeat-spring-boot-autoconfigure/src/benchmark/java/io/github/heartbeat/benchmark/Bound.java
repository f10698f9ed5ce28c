package io.github.heartbeat.benchmark;

import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * The bound that a figure or a ratio must meet.
 * @param text the text in the table
 * @param test whether a value meets the bound, or {@code null} if every value does
 */
public record Bound(String text, DoublePredicate test) {

	/**
	 * Return no bound: the figure is only reported.
	 */
	public static Bound none() {
		return new Bound("", null);
	}

	/**
	 * Return an upper bound.
	 */
	public static Bound atMost(double limit) {
		return new Bound("≤ " + number(limit), (value) -> value <= limit);
	}

	/**
	 * Return a lower bound.
	 */
	public static Bound atLeast(double limit) {
		return new Bound("≥ " + number(limit), (value) -> value >= limit);
	}

	private static String number(double limit) {
		return (limit == Math.rint(limit)) ? String.valueOf((long) limit) : String.format(Locale.ROOT, "%.2f", limit);
	}

	String verdict(double value) {
		if (this.test == null) {
			return "";
		}
		return this.test.test(value) ? "met" : "**not met**";
	}

}
