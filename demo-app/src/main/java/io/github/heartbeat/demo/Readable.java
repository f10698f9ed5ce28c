package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * Formats values for people.
 */
public final class Readable {

	private static final int MAX_LENGTH = 60;

	private Readable() {
	}

	/**
	 * Format a duration in seconds.
	 * @param duration the duration
	 * @return a text such as {@code 1.5 s}
	 */
	public static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
	}

	/**
	 * Shorten a text from any source to a single short line.
	 * @param text the text
	 * @return the beginning of the text, without control characters
	 */
	public static String line(String text) {
		String beginning = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "…" : text;
		return beginning.replaceAll("\\p{Cntrl}", " ");
	}

}
