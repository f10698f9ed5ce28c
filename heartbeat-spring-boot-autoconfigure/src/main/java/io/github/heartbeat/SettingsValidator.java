package io.github.heartbeat;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The checks of {@link HeartbeatClientSettings}. Every complaint names the key, the value
 * and the mend.
 */
final class SettingsValidator {

	/** Largest payload of a control frame (RFC 6455, section 5.5). */
	private static final int MAX_CONTROL_PAYLOAD = 125;

	/** Far beyond any use, and safe from overflow when counted in nanoseconds. */
	static final Duration MAX_DURATION = Duration.ofDays(3650);

	/** Token of HTTP (RFC 9110, section 5.6.2). */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

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

	static URI url(@Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new InvalidHeartbeatSettingException("url", null, "is not set",
					"Set it to the ws:// or wss:// address of the server.");
		}
		URI url;
		try {
			url = new URI(value.trim());
		}
		catch (URISyntaxException ex) {
			throw invalidUrl(value, "is not a valid url at index " + ex.getIndex(),
					"Write it as ws://host:port/path and percent-encode what is not allowed in a url.");
		}
		String scheme = (url.getScheme() != null) ? url.getScheme().toLowerCase(Locale.ROOT) : "";
		if (scheme.equals("http") || scheme.equals("https")) {
			String mend = "ws" + scheme.substring("http".length());
			throw invalidUrl(value, "has the scheme '" + scheme + "'",
					"use " + mend + DisplayUrl.ofInvalid(value.trim()).substring(scheme.length()));
		}
		if (!scheme.equals("ws") && !scheme.equals("wss")) {
			throw invalidUrl(value, scheme.isEmpty() ? "has no scheme" : "has the scheme '" + scheme + "'",
					"Use ws:// or wss://.");
		}
		if (url.getHost() == null) {
			throw invalidUrl(value, "has no valid host", "Name a host; an underscore is not allowed in it.");
		}
		if (url.getPort() > 65535) {
			throw invalidUrl(value, "has a port above 65535", "Use a port from 1 to 65535.");
		}
		if (url.getRawFragment() != null) {
			throw invalidUrl(value, "has a fragment", "Remove what starts with '#'; write '%23' for a literal one.");
		}
		return url;
	}

	static void protocols(List<String> protocols) {
		Set<String> seen = new HashSet<>();
		for (String protocol : protocols) {
			if (!TOKEN.matcher(protocol).matches()) {
				throw invalid("protocols", protocol, "is not a token", "Use letters, digits and dashes.");
			}
			if (!seen.add(protocol)) {
				throw invalid("protocols", protocol, "is named twice", "Name each protocol once.");
			}
		}
	}

	static void header(String name, String value) {
		String key = "headers." + name.replaceAll("[\\r\\n].*", "");
		if (!TOKEN.matcher(name).matches()) {
			throw new InvalidHeartbeatSettingException(key, null, "is not a header name",
					"Use letters, digits and dashes.");
		}
		if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
			throw new InvalidHeartbeatSettingException(key, null, "has a line break in its value",
					"Write the value on one line.");
		}
		String lowerCase = name.toLowerCase(Locale.ROOT);
		if (lowerCase.startsWith("sec-websocket-") || HANDSHAKE_HEADERS.contains(lowerCase)) {
			throw new InvalidHeartbeatSettingException(key, null, "is written by the handshake itself",
					lowerCase.equals("sec-websocket-protocol") ? "Use 'protocols' instead." : "Remove it.");
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
		return duration.toMillis() + "ms";
	}

	private static InvalidHeartbeatSettingException invalid(String key, Object value, String reason, String action) {
		return new InvalidHeartbeatSettingException(key, value.toString(), reason, action);
	}

	private static InvalidHeartbeatSettingException invalidUrl(String value, String reason, String action) {
		return invalid("url", DisplayUrl.ofInvalid(value.trim()), reason, action);
	}

}
