package io.github.heartbeat.benchmark;

import java.util.Locale;

/**
 * How figures are written.
 */
public enum Unit {

	/** Of nanoseconds, per message. */
	NANOS("%.0f ns", 1),

	/** Of nanoseconds. */
	MILLIS("%.1f ms", 1e-6),

	/** Of nanoseconds. */
	SECONDS("%.2f s", 1e-9),

	/** Of bytes. */
	KILOBYTES("%.1f KB", 1.0 / 1024),

	/** Of bytes. */
	MEGABYTES("%.1f MB", 1.0 / (1024 * 1024)),

	/** Of bytes. */
	BYTES("%.1f B", 1),

	/** Of messages per second. */
	THOUSANDS_PER_SECOND("%.0f k/s", 1e-3),

	/** Of anything. */
	COUNT("%.0f", 1);

	private final String format;

	private final double factor;

	Unit(String format, double factor) {
		this.format = format;
		this.factor = factor;
	}

	String format(double value) {
		return String.format(Locale.ROOT, this.format, value * this.factor);
	}

}
