package io.github.heartbeat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * Close codes or HTTP statuses from one to another, both included.
 *
 * @param first the first code
 * @param last the last code, not below the first
 * @since 0.1.0
 */
public record HeartbeatCodeRange(int first, int last) {

	private static final Pattern FORMAT = Pattern.compile("(\\d{1,9})(?:\\s*-\\s*(\\d{1,9}))?");

	/**
	 * Create a range.
	 * @param first the first code
	 * @param last the last code
	 * @throws IllegalArgumentException if it is backwards
	 */
	public HeartbeatCodeRange {
		Assert.isTrue(first <= last, () -> "Range " + first + "-" + last + " is backwards");
	}

	/**
	 * Parse a code such as {@code 4403} or a range such as {@code 4400-4499}.
	 * @param text the text
	 * @return the range
	 * @throws IllegalArgumentException if it is neither
	 */
	public static HeartbeatCodeRange of(String text) {
		Matcher matcher = FORMAT.matcher(text.trim());
		Assert.isTrue(matcher.matches(), () -> "'" + text + "' is neither a code nor a range of codes");
		int first = Integer.parseInt(matcher.group(1));
		return new HeartbeatCodeRange(first, (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first);
	}

	/**
	 * Whether a code is within this range.
	 * @param code the code
	 * @return whether it is
	 */
	public boolean contains(int code) {
		return this.first <= code && code <= this.last;
	}

	/**
	 * Return the text that {@link #of} understands.
	 */
	@Override
	public String toString() {
		return (this.first == this.last) ? String.valueOf(this.first) : this.first + "-" + this.last;
	}

}
