package io.github.heartbeat;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriUtils;

/**
 * Parses and checks the url of a client. Exceptions show it without secrets.
 */
final class WebSocketUrl {

	private static final Pattern BEYOND_ASCII = Pattern.compile("[^\\x00-\\x7F]+");

	private static final Pattern ENCODED_ZONE = Pattern.compile("(\\[[^%]*)%25([^%]+])");

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private WebSocketUrl() {
	}

	/**
	 * Return a url that containers can send. Characters beyond ASCII are percent-encoded
	 * in UTF-8, as browsers do. The zone of an IPv6 address is written as {@code %zone}.
	 * @throws InvalidHeartbeatSettingException if the url is invalid
	 */
	static URI parse(@Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new InvalidHeartbeatSettingException("url", null, "is not set",
					"Set it to the ws:// or wss:// address of the server.");
		}
		String text = value.trim();
		URI url = toUri(text);
		String scheme = (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
		if (scheme.equals("http") || scheme.equals("https")) {
			String webSocketScheme = "ws" + scheme.substring("http".length());
			String display = DisplayUrl.ofInvalid(text);
			throw invalid(text, "has the scheme '" + scheme + "'", "For a WebSocket, use " + ((display != null)
					? webSocketScheme + display.substring(scheme.length()) : webSocketScheme + "://") + " instead.");
		}
		if (!scheme.equals("ws") && !scheme.equals("wss")) {
			throw invalid(text, "does not start with ws:// or wss://", "Use ws:// or wss://.");
		}
		if (url.getHost() == null) {
			throw invalidHost(text, url);
		}
		if (url.getPort() == 0 || url.getPort() > 65535) {
			throw invalid(text, "has a port that is not between 1 and 65535", "Use a port from 1 to 65535.");
		}
		if (url.getRawFragment() != null) {
			throw invalid(text, "has a fragment", "Remove the fragment, or write '%23' for a literal '#'.");
		}
		validateUserInfo(url.getRawUserInfo(), text);
		return withPlainZone(url);
	}

	private static URI toUri(String text) {
		if (!SettingChecks.isEncodable(text)) {
			throw invalid(text, "contains an unpaired surrogate", "Percent-encode the character in UTF-8.");
		}
		try {
			return new URI(BEYOND_ASCII.matcher(text).replaceAll(WebSocketUrl::percentEncoded));
		}
		catch (URISyntaxException ex) {
			throw invalid(text, "is not a valid url at index " + errorIndex(text),
					"Write it as ws://host:port/path and percent-encode characters that a url does not allow.");
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
	 * Return the index of the error in the text before it was percent-encoded.
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
			return invalid(text, "has more than one '@' before its path",
					"Write an '@' in the user name or password as '%40'.");
		}
		if (text.lastIndexOf('@') >= 0 && authority.indexOf('@') < 0) {
			return invalid(text, "has no valid host or port",
					"Write '/', '?', '#' and '@' in a user name or password as '%2F', '%3F', '%23' and '%40'.");
		}
		if (authority.indexOf('%', authority.lastIndexOf('@') + 1) >= 0) {
			return invalid(text, "has characters that are not allowed in a host",
					"Write an internationalized name in Punycode (xn--…).");
		}
		return invalid(text, "has no valid host or port", "Use a host without underscores and a numeric port.");
	}

	/**
	 * Check user info, which becomes Basic authentication in UTF-8 (RFC 7617).
	 */
	private static void validateUserInfo(@Nullable String userInfo, String text) {
		if (userInfo == null) {
			return;
		}
		byte[] decoded = UriUtils.decode(userInfo, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded));
		}
		catch (CharacterCodingException ex) {
			throw invalid(text, "has user info that is not UTF-8", "Percent-encode user name and password in UTF-8.");
		}
		if (userInfo.toUpperCase(Locale.ROOT).split(":", 2)[0].contains("%3A")) {
			throw invalid(text, "has a user name with a colon, which Basic authentication does not allow",
					"Use another user name.");
		}
	}

	/**
	 * Return a url with the zone as {@code %zone}. The name lookup of the JDK does not
	 * accept {@code %25zone}, the form of RFC 6874.
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

	private static InvalidHeartbeatSettingException invalid(String value, String reason, String action) {
		return new InvalidHeartbeatSettingException("url", DisplayUrl.ofInvalid(value), reason, action);
	}

}
