package io.github.heartbeat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Checks of single values. Each exception names the key, the fix and, unless it can hold
 * a secret, the value.
 */
final class SettingChecks {

	/** Sums of a few of these do not overflow when counted in nanoseconds. */
	private static final Duration MIN_LEASE = Duration.ofSeconds(1);

	static final Duration MAX_DURATION = Duration.ofDays(3650);

	/** Token of HTTP (RFC 9110, section 5.6.2). */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final char DEL = 0x7F;

	private static final char MAX_LATIN_1 = 0xFF;

	/** Headers that the handshake writes; containers ignore values of an application. */
	private static final Set<String> HANDSHAKE_HEADERS = Set.of("host", "connection", "upgrade", "cache-control",
			"pragma");

	private SettingChecks() {
	}

	static void positive(String key, Duration value) {
		if (value.isZero()) {
			throw invalid(key, text(value), "is zero", "Use a positive duration such as 10s.");
		}
		notNegative(key, value);
	}

	static void lease(String key, Duration value) {
		if (value.compareTo(MIN_LEASE) < 0) {
			throw invalid(key, text(value), "is shorter than 1s", "Use a duration of 1s or longer, such as 15s.");
		}
		notNegative(key, value);
	}

	static void lock(String key, String value) {
		if (!StringUtils.hasText(value)) {
			throw invalid(key, value, "is empty", "Name the lock, or remove the key to use the name of the client.");
		}
	}

	static void notNegative(String key, Duration value) {
		if (value.isNegative()) {
			throw invalid(key, text(value), "is negative", "Use a positive duration such as 10s.");
		}
		if (value.compareTo(MAX_DURATION) > 0) {
			throw invalid(key, text(value), "is longer than ten years", "Use a shorter duration.");
		}
	}

	/**
	 * Return a duration in milliseconds if it is short enough to be counted in them.
	 */
	static String text(Duration duration) {
		boolean countable = duration.getSeconds() > -MAX_DURATION.getSeconds() * 1000
				&& duration.getSeconds() < MAX_DURATION.getSeconds() * 1000;
		return countable ? duration.toMillis() + "ms" : duration.toString();
	}

	static void multiplier(String key, double value) {
		if (!(value >= 1) || Double.isInfinite(value)) {
			throw invalid(key, value, "is not a finite number of at least 1",
					"Use 1 for a constant wait or a larger number for a growing wait.");
		}
	}

	static void fraction(String key, double value) {
		if (!(value >= 0 && value <= 1)) {
			throw invalid(key, value, "is not between 0 and 1",
					"Use a fraction such as 0.2 for 20 % in both directions.");
		}
	}

	static void repeatLimit(String key, int value) {
		if (value < 0) {
			throw invalid(key, value, "is negative", "Use 0 to never reconnect, or leave it empty for no limit.");
		}
	}

	static void messages(String key, int value) {
		if (value < 1) {
			throw invalid(key, value, "is less than 1", "Use 1 or more messages.");
		}
	}

	static void size(String key, DataSize value) {
		if (value.toBytes() < 1 || value.toBytes() > Integer.MAX_VALUE) {
			throw invalid(key, value, "is not between 1 byte and 2 GB", "Use a size such as 1MB.");
		}
	}

	static void closeCodes(String key, List<String> texts) {
		codes(key, texts, 1000, 4999, "4400-4499");
	}

	static void httpStatuses(String key, List<String> texts) {
		codes(key, texts, 100, 599, "400-499");
	}

	private static void codes(String key, List<String> texts, int min, int max, String example) {
		SettingFailures failures = new SettingFailures();
		texts.forEach((text) -> failures.check(() -> code(key, text, min, max, example)));
		failures.throwIfAny();
	}

	private static void code(String key, String text, int min, int max, String example) {
		HeartbeatCodeRange range;
		try {
			range = HeartbeatCodeRange.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(key, text, "is neither a code nor a range of codes",
					"Use codes and ranges such as " + example + ", with the smaller code first.");
		}
		if (range.first() < min || range.last() > max) {
			throw invalid(key, text, "is not between " + min + " and " + max,
					"Use codes and ranges such as " + example + ".");
		}
	}

	static void encodable(String key, String value) {
		if (!isEncodable(value)) {
			throw new InvalidHeartbeatSettingException(key, null, "contains an unpaired surrogate",
					"Write the complete character.");
		}
	}

	/**
	 * Check a regular expression. It is not shown, because it can contain a payload.
	 */
	static void pattern(String key, String value) {
		try {
			Pattern.compile(value);
		}
		catch (PatternSyntaxException ex) {
			throw new InvalidHeartbeatSettingException(key, null,
					"is not a regular expression (index " + ex.getIndex() + ")",
					"Use the syntax of java.util.regex.Pattern, and single quotes in YAML.");
		}
	}

	static void encodables(String key, List<String> values) {
		for (int i = 0; i < values.size(); i++) {
			encodable(key + "[" + i + "]", values.get(i));
		}
	}

	/**
	 * Return whether a text can be encoded in UTF-8.
	 */
	static boolean isEncodable(String text) {
		return StandardCharsets.UTF_8.newEncoder().canEncode(text);
	}

	static void protocols(String key, List<String> protocols) {
		SettingFailures failures = new SettingFailures();
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < protocols.size(); i++) {
			String protocol = protocols.get(i);
			String position = "at index " + i;
			failures.check(() -> protocol(key, protocol, position, seen));
		}
		failures.throwIfAny();
	}

	private static void protocol(String key, String protocol, String position, Set<String> seen) {
		if (!TOKEN.matcher(protocol).matches()) {
			throw new InvalidHeartbeatSettingException(key, null, "has an entry " + position + " that is not a token",
					"Use letters, digits and dashes. Send other information in 'headers'.");
		}
		if (!seen.add(protocol)) {
			throw new InvalidHeartbeatSettingException(key, null, "has a duplicate entry " + position,
					"Name each protocol once.");
		}
	}

	static void headers(String key, Map<String, String> headers) {
		SettingFailures failures = new SettingFailures();
		headers.forEach((name, value) -> failures.check(() -> header(key, name, value)));
		failures.throwIfAny();
	}

	/**
	 * Check a header. An invalid name is not shown: it can be a header with its value.
	 */
	static void header(String key, String name, String value) {
		if (!TOKEN.matcher(name).matches()) {
			throw new InvalidHeartbeatSettingException(key, null, "has an entry whose name is not a header name",
					"Use letters, digits and dashes.");
		}
		String headerKey = key + "." + name;
		String lowerCase = name.toLowerCase(Locale.ROOT);
		if (lowerCase.startsWith("sec-websocket-") || HANDSHAKE_HEADERS.contains(lowerCase)) {
			throw new InvalidHeartbeatSettingException(headerKey, null, "is set by the handshake",
					lowerCase.equals("sec-websocket-protocol") ? "Use 'protocols' instead." : "Remove it.");
		}
		headerValue(headerKey, value);
	}

	/**
	 * Check a header value. Containers replace characters that they cannot write.
	 */
	private static void headerValue(String key, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '\r' || c == '\n') {
				throw new InvalidHeartbeatSettingException(key, null, "has a line break in its value",
						"Write the value on one line.");
			}
			if (c < ' ' || c == DEL) {
				throw new InvalidHeartbeatSettingException(key, null,
						"has a control character at index " + i + " of its value", "Remove the character.");
			}
			if (c > MAX_LATIN_1) {
				throw new InvalidHeartbeatSettingException(key, null,
						"has a character beyond Latin-1 at index " + i + " of its value",
						"Encode the value as the server expects it, for example in Base64 or percent-encoded.");
			}
		}
	}

	private static InvalidHeartbeatSettingException invalid(String key, Object value, String reason, String action) {
		return new InvalidHeartbeatSettingException(key, value.toString(), reason, action);
	}

}
