package io.github.heartbeat.benchmark;

import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * What a figure or a ratio must reach.
 *
 * @param text how the table says it
 * @param test whether a value reaches it, or {@code null} if any does
 */
public record Bound(String text, DoublePredicate test) {

	/**
	 * The figure is only stated.
	 */
	public static Bound none() {
		return new Bound("", null);
	}

	/**
	 * The value may not be larger.
	 */
	public static Bound atMost(double limit) {
		return new Bound("≤ " + number(limit), (value) -> value <= limit);
	}

	/**
	 * The value may not be smaller.
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
