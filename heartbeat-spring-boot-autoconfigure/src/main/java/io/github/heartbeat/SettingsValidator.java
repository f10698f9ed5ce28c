package io.github.heartbeat;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;
import org.springframework.web.util.UriUtils;

/**
 * Checks {@link HeartbeatClientSettings}. Every complaint names the key, the value unless
 * it can hold a secret, and the fix.
 */
final class SettingsValidator {

	/** Largest payload of a control frame (RFC 6455, section 5.5). */
	private static final int MAX_CONTROL_PAYLOAD = 125;

	/** Far beyond any use, and safe from overflow when counted in nanoseconds. */
	static final Duration MAX_DURATION = Duration.ofDays(3650);

	/** Token of HTTP (RFC 9110, section 5.6.2). */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern BEYOND_ASCII = Pattern.compile("[^\\x00-\\x7F]+");

	private static final Pattern ENCODED_ZONE = Pattern.compile("(\\[[^%]*)%25([^%]+])");

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private static final char DEL = 0x7F;

	private static final char MAX_LATIN_1 = 0xFF;

	/** What the handshake writes itself, so a value of ours would be dropped. */
	private static final Set<String> HANDSHAKE_HEADERS = Set.of("host", "connection", "upgrade", "cache-control",
			"pragma");

	URI validate(HeartbeatClientSettings settings) {
		URI url = url(settings.rawUrl());
		protocols(settings.getProtocols());
		settings.getHeaders().forEach(SettingsValidator::header);
		positive("ping-timeout", settings.getPingTimeout());
		positive("pong-timeout", settings.getPongTimeout());
		reconnect(settings);
		notNegative("stable-after", settings.getStableAfter());
		ping(settings);
		positive("connect-timeout", settings.getConnectTimeout());
		notNegative("close-timeout", settings.getCloseTimeout());
		size("max-message-size", settings.getMaxMessageSize());
		if (settings.getSendQueueMessages() < 1) {
			throw invalid("send.queue-messages", settings.getSendQueueMessages(), "is below 1",
					"Set it to 1 or more messages.");
		}
		size("send.queue-bytes", settings.getSendQueueBytes());
		positive("send.time-to-live", settings.getSendTimeToLive());
		positive("send.timeout", settings.getSendTimeout());
		codes("stop-on.close-codes", settings.rawStopOnCloseCodes(), 1000, 4999, "4400-4499");
		codes("stop-on.http-statuses", settings.rawStopOnHttpStatuses(), 100, 599, "400-499");
		ssl(settings, url);
		return url;
	}

	private static void ssl(HeartbeatClientSettings settings, URI url) {
		String bundle = settings.getSslBundle();
		if (bundle == null) {
			return;
		}
		if (settings.getSslContext() != null) {
			throw invalid("ssl.bundle", bundle, "cannot be combined with an SSLContext of the builder",
					"Set one of the two.");
		}
		if (!url.getScheme().equalsIgnoreCase("wss")) {
			throw invalid("ssl.bundle", bundle, "needs a url of scheme wss",
					"Use wss:// in 'url', or remove the bundle; an empty value takes none of 'heartbeat.defaults'.");
		}
	}

	/**
	 * Return a url that containers can send: its characters beyond ASCII are
	 * percent-encoded in UTF-8, as browsers do, and the zone of an IPv6 address is
	 * written as {@code %zone}.
	 */
	static URI url(@Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new InvalidHeartbeatSettingException("url", null, "is not set",
					"Set it to the ws:// or wss:// address of the server.");
		}
		String text = value.trim();
		URI url = parse(text);
		String scheme = (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
		if (scheme.equals("http") || scheme.equals("https")) {
			String webSocketScheme = "ws" + scheme.substring("http".length());
			String display = DisplayUrl.ofInvalid(text);
			throw invalidUrl(text, "has the scheme '" + scheme + "'", "use " + ((display != null)
					? webSocketScheme + display.substring(scheme.length()) : webSocketScheme + "://"));
		}
		if (!scheme.equals("ws") && !scheme.equals("wss")) {
			throw invalidUrl(text, "does not begin with ws:// or wss://", "Use ws:// or wss://.");
		}
		if (url.getHost() == null) {
			throw invalidHost(text, url);
		}
		if (url.getPort() == 0 || url.getPort() > 65535) {
			throw invalidUrl(text, "has a port that is not within 1 and 65535", "Use a port from 1 to 65535.");
		}
		if (url.getRawFragment() != null) {
			throw invalidUrl(text, "has a fragment", "Remove what starts with '#'; write '%23' for a literal one.");
		}
		userInfo(url.getRawUserInfo(), text);
		return withPlainZone(url);
	}

	private static URI parse(String text) {
		if (!isEncodable(text)) {
			throw invalidUrl(text, "has half a surrogate pair", "Percent-encode the character in UTF-8.");
		}
		try {
			return new URI(BEYOND_ASCII.matcher(text).replaceAll(SettingsValidator::percentEncoded));
		}
		catch (URISyntaxException ex) {
			throw invalidUrl(text, "is not a valid url at index " + errorIndex(text),
					"Write it as ws://host:port/path and percent-encode what is not allowed in a url.");
		}
	}

	private static String percentEncoded(MatchResult beyondAscii) {
		StringBuilder encoded = new StringBuilder();
		for (byte b : beyondAscii.group().getBytes(StandardCharsets.UTF_8)) {
			encoded.append('%').append(HEX.toHexDigits(b));
		}
		return encoded.toString();
	}

	/**
	 * Return the index of the error in the text as it was before it was encoded.
	 */
	private static int errorIndex(String text) {
		try {
			return new URI(BEYOND_ASCII.matcher(text).replaceAll((match) -> "~".repeat(match.group().length())))
				.toString()
				.length();
		}
		catch (URISyntaxException ex) {
			return ex.getIndex();
		}
	}

	private static InvalidHeartbeatSettingException invalidHost(String text, URI url) {
		String authority = (url.getRawAuthority() != null) ? url.getRawAuthority() : "";
		if (authority.indexOf('@') != authority.lastIndexOf('@')) {
			return invalidUrl(text, "has more than one '@' in front of its path",
					"Write an '@' in the user name or password as '%40'.");
		}
		if (text.lastIndexOf('@') >= 0 && authority.indexOf('@') < 0) {
			return invalidUrl(text, "has no valid host or port",
					"Write '/', '?', '#' and '@' in a user name or password as '%2F', '%3F', '%23' and '%40'.");
		}
		if (authority.indexOf('%', authority.lastIndexOf('@') + 1) >= 0) {
			return invalidUrl(text, "has characters in its host that are not allowed there",
					"Write an internationalized name in Punycode (xn--…).");
		}
		return invalidUrl(text, "has no valid host or port",
				"Name a host, and a port in digits if it is not the default; an underscore is not allowed in a host.");
	}

	/**
	 * User info becomes Basic authentication (RFC 7617), in UTF-8.
	 */
	private static void userInfo(@Nullable String userInfo, String text) {
		if (userInfo == null) {
			return;
		}
		byte[] decoded = UriUtils.decode(userInfo, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded));
		}
		catch (CharacterCodingException ex) {
			throw invalidUrl(text, "has user info that is not UTF-8",
					"Percent-encode user name and password in UTF-8.");
		}
		if (userInfo.toUpperCase(Locale.ROOT).split(":", 2)[0].contains("%3A")) {
			throw invalidUrl(text, "has a user name with a colon, which Basic authentication cannot transmit",
					"Use another user name.");
		}
	}

	/**
	 * RFC 6874 writes the zone as {@code %25zone}, which the name lookup of the JDK does
	 * not understand.
	 */
	private static URI withPlainZone(URI url) {
		Matcher zone = ENCODED_ZONE.matcher(url.getHost());
		if (!zone.matches()) {
			return url;
		}
		String text = url.toString();
		int host = text.indexOf(url.getHost());
		return URI.create(
				text.substring(0, host) + zone.replaceFirst("$1%$2") + text.substring(host + url.getHost().length()));
	}

	static void protocols(List<String> protocols) {
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < protocols.size(); i++) {
			if (!TOKEN.matcher(protocols.get(i)).matches()) {
				throw new InvalidHeartbeatSettingException("protocols", null,
						"has an entry at index " + i + " that is not a token",
						"Use letters, digits and dashes; what else it has to carry goes into 'headers'.");
			}
			if (!seen.add(protocols.get(i))) {
				throw new InvalidHeartbeatSettingException("protocols", null,
						"repeats an entry at index " + i + " that it already has", "Name each protocol once.");
			}
		}
	}

	/**
	 * A name that is not a header name is not shown: it may be a header with its value.
	 */
	static void header(String name, String value) {
		if (!TOKEN.matcher(name).matches()) {
			throw new InvalidHeartbeatSettingException("headers", null, "has an entry whose name is not a header name",
					"Use letters, digits and dashes.");
		}
		String key = "headers." + name;
		String lowerCase = name.toLowerCase(Locale.ROOT);
		if (lowerCase.startsWith("sec-websocket-") || HANDSHAKE_HEADERS.contains(lowerCase)) {
			throw new InvalidHeartbeatSettingException(key, null, "is written by the handshake itself",
					lowerCase.equals("sec-websocket-protocol") ? "Use 'protocols' instead." : "Remove it.");
		}
		headerValue(key, value);
	}

	/**
	 * Containers replace what they cannot write by a blank or a question mark.
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
						"has a control character at index " + i + " of its value", "Remove it.");
			}
			if (c > MAX_LATIN_1) {
				throw new InvalidHeartbeatSettingException(key, null,
						"has a character beyond Latin-1 at index " + i + " of its value",
						"Encode the value as the server expects it, such as in Base64 or percent-encoded.");
			}
		}
	}

	private static void reconnect(HeartbeatClientSettings settings) {
		positive("reconnect-timeout", settings.getReconnectTimeout());
		double multiplier = settings.getReconnectMultiplier();
		if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
			throw invalid("reconnect-multiplier", multiplier, "is below 1 or no number",
					"Use 1 for a constant wait, more for a growing one.");
		}
		positive("reconnect-max-timeout", settings.getReconnectMaxTimeout());
		if (settings.getReconnectMaxTimeout().compareTo(settings.getReconnectTimeout()) < 0) {
			throw invalid("reconnect-max-timeout", text(settings.getReconnectMaxTimeout()),
					"is below 'reconnect-timeout' (" + text(settings.getReconnectTimeout()) + ")",
					"Raise it or lower 'reconnect-timeout'.");
		}
		double jitter = settings.getReconnectJitter();
		if (!(jitter >= 0 && jitter <= 1)) {
			throw invalid("reconnect-jitter", jitter, "is not within 0 and 1",
					"Use a share such as 0.2 for 20 % in both directions.");
		}
		Integer repeatLimit = settings.getRepeatLimit();
		if (repeatLimit != null && repeatLimit < 0) {
			throw invalid("repeat-limit", repeatLimit, "is negative",
					"Use 0 to never reconnect, or leave it empty for no limit.");
		}
	}

	private static void ping(HeartbeatClientSettings settings) {
		if (!isEncodable(settings.getPingMsg())) {
			throw new InvalidHeartbeatSettingException("ping-msg", null, "has half a surrogate pair",
					"Write the character in full.");
		}
		int length = settings.getPingMsg().getBytes(StandardCharsets.UTF_8).length;
		if (settings.getPingType() == HeartbeatPingType.PING && length > MAX_CONTROL_PAYLOAD) {
			throw new InvalidHeartbeatSettingException("ping-msg", null,
					"has " + length + " bytes, but a ping frame takes at most " + MAX_CONTROL_PAYLOAD,
					"Shorten it or use 'ping-type: text'.");
		}
	}

	private static void positive(String key, Duration value) {
		if (value.isZero()) {
			throw invalid(key, text(value), "is zero", "Use a positive duration such as 10s.");
		}
		notNegative(key, value);
	}

	private static void notNegative(String key, Duration value) {
		if (value.isNegative()) {
			throw invalid(key, text(value), "is negative", "Use a positive duration such as 10s.");
		}
		if (value.compareTo(MAX_DURATION) > 0) {
			throw invalid(key, text(value), "is longer than ten years", "Use a shorter duration.");
		}
	}

	private static void codes(String key, @Nullable List<String> texts, int min, int max, String example) {
		for (String text : (texts != null) ? texts : List.<String>of()) {
			HeartbeatCodeRange range;
			try {
				range = HeartbeatCodeRange.of(text);
			}
			catch (IllegalArgumentException ex) {
				throw invalid(key, text, "is neither a code nor a range of codes",
						"Write codes and ranges such as " + example + ", the smaller code first.");
			}
			if (range.first() < min || range.last() > max) {
				throw invalid(key, text, "is not within " + min + " and " + max,
						"Write codes and ranges such as " + example + ".");
			}
		}
	}

	private static void size(String key, DataSize value) {
		if (value.toBytes() < 1 || value.toBytes() > Integer.MAX_VALUE) {
			throw invalid(key, value, "is not within 1 byte and 2 GB", "Use a size such as 1MB.");
		}
	}

	private static String text(Duration duration) {
		boolean countable = duration.getSeconds() > -MAX_DURATION.getSeconds() * 1000
				&& duration.getSeconds() < MAX_DURATION.getSeconds() * 1000;
		return countable ? duration.toMillis() + "ms" : duration.toString();
	}

	private static boolean isEncodable(String text) {
		return StandardCharsets.UTF_8.newEncoder().canEncode(text);
	}

	private static InvalidHeartbeatSettingException invalid(String key, Object value, String reason, String action) {
		return new InvalidHeartbeatSettingException(key, value.toString(), reason, action);
	}

	private static InvalidHeartbeatSettingException invalidUrl(String value, String reason, String action) {
		return new InvalidHeartbeatSettingException("url", DisplayUrl.ofInvalid(value), reason, action);
	}

}
