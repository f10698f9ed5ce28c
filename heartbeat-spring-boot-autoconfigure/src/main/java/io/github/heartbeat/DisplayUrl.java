package io.github.heartbeat;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Formats urls for logs and messages. User info is removed and query values are masked.
 */
final class DisplayUrl {

	private static final Pattern USER_INFO = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*://)?[^/?#]*@");

	private static final Pattern SCHEME = Pattern.compile("(?i)(?:wss?|https?)://");

	private static final Pattern ORIGIN = Pattern
		.compile("(?i)(?:wss?|https?)://[a-z0-9._-]+(?::\\d{1,5})?(?=[/?#]|$)");

	private static final int MAX_FIVE_DIGITS = 99999;

	private DisplayUrl() {
	}

	static String of(URI url) {
		return of(url.toString());
	}

	static String of(String url) {
		int fragment = url.indexOf('#');
		String display = (fragment >= 0) ? url.substring(0, fragment) : url;
		int query = display.indexOf('?');
		String suffix = "";
		if (query >= 0) {
			suffix = "?" + maskValues(display.substring(query + 1));
			display = display.substring(0, query);
		}
		Matcher userInfo = USER_INFO.matcher(display);
		if (userInfo.find()) {
			String scheme = userInfo.group(1);
			display = ((scheme != null) ? scheme : "") + display.substring(userInfo.end());
		}
		return display + suffix;
	}

	/**
	 * Return the part of an invalid url that can be shown. If user info is not
	 * percent-encoded, the parser can find it in any part of the url, even in the scheme
	 * or the port.
	 * @param url the url
	 * @return the display text, or {@code null} if it may contain a secret
	 */
	static @Nullable String ofInvalid(String url) {
		if (hasUnambiguousParts(url)) {
			return of(url);
		}
		Matcher origin = ORIGIN.matcher(url);
		return (origin.lookingAt() && url.indexOf('@') < 0) ? origin.group() : null;
	}

	private static boolean hasUnambiguousParts(String url) {
		URI parsed;
		try {
			parsed = new URI(url);
		}
		catch (URISyntaxException ex) {
			return false;
		}
		if (!SCHEME.matcher(url).lookingAt() || parsed.getHost() == null || parsed.getPort() > MAX_FIVE_DIGITS) {
			return false;
		}
		String authority = parsed.getRawAuthority();
		return url.indexOf('@', url.indexOf(authority) + authority.length()) < 0;
	}

	private static String maskValues(String query) {
		StringBuilder masked = new StringBuilder();
		for (String parameter : query.split("&", -1)) {
			if (!masked.isEmpty()) {
				masked.append('&');
			}
			int equals = parameter.indexOf('=');
			masked.append((equals >= 0) ? parameter.substring(0, equals) + "=***" : (parameter.isEmpty() ? "" : "***"));
		}
		return masked.toString();
	}

}
