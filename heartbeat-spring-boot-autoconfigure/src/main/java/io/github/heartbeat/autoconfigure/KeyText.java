package io.github.heartbeat.autoconfigure;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.PropertySourceOrigin;

/**
 * Formats property names for messages. A malformed part of a name can contain a secret,
 * such as a url in the place of a key, and is masked.
 */
final class KeyText {

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

	private KeyText() {
	}

	/**
	 * Return whether a text has only characters of names, so that it can be shown.
	 */
	static boolean isPlain(String text) {
		return PLAIN.matcher(text).matches();
	}

	static boolean isPlain(ConfigurationPropertyName name) {
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			if (!isPlain(name.getElement(i, Form.ORIGINAL))) {
				return false;
			}
		}
		return true;
	}

	static String of(ConfigurationPropertyName name) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, Form.ORIGINAL);
			if (!isPlain(element)) {
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
	 * Return the origin of a property, as a suffix of a sentence.
	 */
	static String origin(@Nullable ConfigurationProperty property) {
		if (property == null || property.getOrigin() == null) {
			return "";
		}
		if (property.getOrigin() instanceof PropertySourceOrigin origin) {
			return " from property source '" + origin.getPropertySource().getName() + "'";
		}
		return " from " + property.getOrigin();
	}

}
