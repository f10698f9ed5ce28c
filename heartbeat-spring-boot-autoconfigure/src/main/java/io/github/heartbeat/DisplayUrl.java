package io.github.heartbeat;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Urls for people to read: user info is left out and query values are masked.
 */
final class DisplayUrl {

	private static final Pattern USER_INFO = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*://)?[^/?#]*@");

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
	 * Return what can be shown of a url that is not valid, where user info may contain
	 * anything: nothing up to the last '@' but the scheme.
	 */
	static String ofInvalid(String url) {
		int at = url.lastIndexOf('@');
		int scheme = url.indexOf("://");
		if (at < 0) {
			return of(url);
		}
		return ((scheme >= 0 && scheme < at) ? url.substring(0, scheme + "://".length()) : "")
				+ of(url.substring(at + 1));
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
