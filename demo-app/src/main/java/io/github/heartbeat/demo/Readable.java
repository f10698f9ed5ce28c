package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * Values for people to read.
 */
public final class Readable {

	private static final int MAX_LENGTH = 60;

	private Readable() {
	}

	/**
	 * Return a duration in seconds.
	 * @param duration the duration
	 * @return such as {@code 1.5 s}
	 */
	public static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
	}

	/**
	 * Return a text that is short and takes one line, whoever sent it.
	 * @param text the text
	 * @return its beginning, without control characters
	 */
	public static String line(String text) {
		String beginning = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "…" : text;
		return beginning.replaceAll("\\p{Cntrl}", " ");
	}

}
