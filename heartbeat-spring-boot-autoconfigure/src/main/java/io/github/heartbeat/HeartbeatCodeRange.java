package io.github.heartbeat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * Range of close codes or HTTP statuses. Both ends are included.
 *
 * @param first the first code
 * @param last the last code, not less than the first
 * @since 0.1.0
 */
public record HeartbeatCodeRange(int first, int last) {

	private static final Pattern FORMAT = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

	/**
	 * Create a range.
	 * @param first the first code
	 * @param last the last code
	 * @throws IllegalArgumentException if the first code is greater than the last
	 */
	public HeartbeatCodeRange {
		Assert.isTrue(first <= last, () -> "Range " + first + "-" + last + " starts with the greater code");
	}

	/**
	 * Parse a code such as {@code 4403} or a range such as {@code 4400-4499}.
	 * @param text the text
	 * @return the range
	 * @throws IllegalArgumentException if the text is neither
	 */
	public static HeartbeatCodeRange of(String text) {
		Matcher matcher = FORMAT.matcher(text.trim());
		Assert.isTrue(matcher.matches(), () -> "'" + text + "' is neither a code nor a range of codes");
		int first = Integer.parseInt(matcher.group(1));
		return new HeartbeatCodeRange(first, (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first);
	}

	/**
	 * Return whether a code is in this range.
	 * @param code the code
	 * @return whether the code is in this range
	 */
	public boolean contains(int code) {
		return this.first <= code && code <= this.last;
	}

	/**
	 * Return the text that {@link #of} accepts.
	 */
	@Override
	public String toString() {
		return (this.first == this.last) ? String.valueOf(this.first) : this.first + "-" + this.last;
	}

}
