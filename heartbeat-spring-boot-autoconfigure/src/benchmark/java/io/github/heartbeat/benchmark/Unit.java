package io.github.heartbeat.benchmark;

import java.util.Locale;

/**
 * Formats of figures.
 */
public enum Unit {

	/** From nanoseconds per message. */
	NANOS("%.0f ns", 1),

	/** From nanoseconds per message, for few of them. */
	TENTHS_OF_NANOS("%.1f ns", 1),

	/** From nanoseconds. */
	MILLIS("%.1f ms", 1e-6),

	/** From nanoseconds. */
	SECONDS("%.2f s", 1e-9),

	/** From bytes. */
	KILOBYTES("%.1f KB", 1.0 / 1024),

	/** From bytes. */
	MEGABYTES("%.1f MB", 1.0 / (1024 * 1024)),

	/** From bytes. */
	BYTES("%.1f B", 1),

	/** From messages per second. */
	THOUSANDS_PER_SECOND("%.0f k/s", 1e-3),

	/** For any count. */
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
