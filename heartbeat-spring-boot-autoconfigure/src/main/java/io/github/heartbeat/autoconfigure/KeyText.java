package io.github.heartbeat.autoconfigure;

import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Formats property names for messages. A malformed part of a name can contain a secret,
 * such as a url in the place of a key, and is masked.
 */
final class KeyText {

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.\\[\\]-]+");

	private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

	private KeyText() {
	}

	/**
	 * Return whether a text has only characters of names, so that it can be shown.
	 */
	static boolean isPlain(String text) {
		return PLAIN.matcher(text).matches();
	}

	/**
	 * Return whether a text has only characters of keys, so that it can be shown.
	 */
	static boolean isKey(String text) {
		return KEY.matcher(text).matches();
	}

	static String of(ConfigurationPropertyName name) {
		return text(name, true);
	}

	/**
	 * Return the name as it is written. Not for messages.
	 */
	static String original(ConfigurationPropertyName name) {
		return text(name, false);
	}

	private static String text(ConfigurationPropertyName name, boolean mask) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, Form.ORIGINAL);
			if (mask && !isPlain(element)) {
				text.append("[***]");
			}
			else if (name.isNumericIndex(i)) {
				text.append('[').append(element).append(']');
			}
			else {
				text.append(text.isEmpty() ? "" : ".").append(element);
			}
		}
		return text.toString();
	}

	/**
	 * Return a name in lower case with dashes, for example {@code price-feed} for
	 * {@code priceFeed} and {@code Price_Feed}.
	 */
	static String dashed(String name) {
		return CAPITAL.matcher(name).replaceAll("-").replace('_', '-').toLowerCase(Locale.ROOT).replaceAll("^-+", "");
	}

	/**
	 * Return the environment variable of a key. Dashes are left out.
	 */
	static String variable(String key) {
		return key.replace("-", "").replace('.', '_').replace('[', '_').replace("]", "").toUpperCase(Locale.ROOT);
	}

}
