package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Formats values for people.
 */
public final class Readable {

	private static final int MAX_LENGTH = 60;

	/** Control and format characters, line and paragraph separators, lone surrogates. */
	private static final Pattern NOT_PLAIN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

	private Readable() {
	}

	/**
	 * Format a duration in seconds.
	 * @param duration the duration
	 * @return a text such as {@code 1.5 s} or {@code 2 s}
	 */
	public static String seconds(Duration duration) {
		String seconds = String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
		return (seconds.endsWith(".0") ? seconds.substring(0, seconds.length() - 2) : seconds) + " s";
	}

	/**
	 * Shorten a text from any source to a single short line.
	 * @param text the text
	 * @return the beginning of the text as plain text
	 */
	public static String line(String text) {
		if (text.length() <= MAX_LENGTH) {
			return plain(text);
		}
		int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return plain(text.substring(0, end)) + "…";
	}

	/**
	 * Replace the characters of a text that control a terminal, break the line or change
	 * the direction of the text.
	 * @param text the text
	 * @return the text in one line
	 */
	public static String plain(String text) {
		return NOT_PLAIN.matcher(text).replaceAll(" ");
	}

}
