package io.github.heartbeat.autoconfigure;

import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ClassUtils;

/**
 * Keys of a properties class, nested ones included, with the types of their values. They
 * are read from the class, so that a new property is known without another entry.
 */
final class KnownKeys {

	/** Keys directly under {@code heartbeat}, including that of the test starter. */
	static final KnownKeys GLOBAL = new KnownKeys(HeartbeatProperties.class, "defaults", "clients")
		.with("test.real-connections", Boolean.class);

	/** Keys of a client. */
	static final KnownKeys CLIENT = new KnownKeys(HeartbeatProperties.Client.class);

	/** Keys under {@code heartbeat.defaults}. */
	static final KnownKeys DEFAULTS = new KnownKeys(HeartbeatClientOptions.class);

	/** Minimum length of the beginning of a key that stands for the key. */
	private static final int MIN_ABBREVIATION = 4;

	private final Map<String, Class<?>> types = new LinkedHashMap<>();

	/** Elements of each key, in the same order. */
	private final Map<String, List<String>> elements = new LinkedHashMap<>();

	private KnownKeys(Class<?> type, String... omitted) {
		add("", type, List.of(omitted));
	}

	private KnownKeys with(String key, Class<?> type) {
		this.types.put(key, type);
		this.elements.put(key, Arrays.stream(key.split("\\.")).map(KnownKeys::uniform).toList());
		return this;
	}

	private void add(String prefix, Class<?> type, List<String> omitted) {
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			Class<?> propertyType = property.getPropertyType();
			if (propertyType == null || property.getName().equals("class") || omitted.contains(property.getName())) {
				continue;
			}
			String key = prefix + DataObjectPropertyName.toDashedForm(property.getName());
			if (isGroup(propertyType)) {
				add(key + ".", propertyType, List.of());
			}
			else {
				with(key, ClassUtils.resolvePrimitiveIfNecessary(propertyType));
			}
		}
	}

	/**
	 * Return whether a type is a group of keys and not a value.
	 */
	static boolean isGroup(Class<?> type) {
		return type.getPackageName().equals(HeartbeatProperties.class.getPackageName());
	}

	/**
	 * Return whether an element is a complete key.
	 */
	boolean isKey(String element) {
		return match(List.of(element), List.of(false)).kind() == Kind.KNOWN;
	}

	boolean isList(String key) {
		return isOfType(key, List.class);
	}

	boolean isText(String key) {
		return isOfType(key, String.class);
	}

	boolean isDuration(String key) {
		return isOfType(key, Duration.class);
	}

	private boolean isOfType(String key, Class<?> type) {
		Class<?> known = this.types.get(key);
		return known != null && type.isAssignableFrom(known);
	}

	/**
	 * Compare a key with the known ones.
	 * @param elements the elements of the key
	 * @param indexed whether an element is an index
	 */
	Match match(List<String> elements, List<Boolean> indexed) {
		for (Map.Entry<String, List<String>> known : this.elements.entrySet()) {
			List<String> names = known.getValue();
			int common = 0;
			while (common < Math.min(names.size(), elements.size()) && !indexed.get(common)
					&& names.get(common).equals(uniform(elements.get(common)))) {
				common++;
			}
			if (common == elements.size()) {
				return new Match((common == names.size()) ? Kind.KNOWN : Kind.GROUP, known.getKey());
			}
			if (common == names.size()) {
				return new Match(below(known.getKey(), elements.size() - common, indexed.get(common)), known.getKey());
			}
		}
		return new Match(Kind.UNKNOWN, "");
	}

	private Kind below(String key, int further, boolean index) {
		if (isOfType(key, Map.class)) {
			return index ? Kind.LIST : Kind.KNOWN;
		}
		if (isList(key) && index) {
			return (further == 1) ? Kind.KNOWN : Kind.LIST;
		}
		return index ? Kind.LIST : Kind.MAP;
	}

	/**
	 * Return the key that Spring Boot also finds in an environment variable with an
	 * underscore for each dash, or {@code null} if there is none.
	 */
	@Nullable String findWithUnderscores(List<String> elements) {
		String text = String.join("_", elements).toLowerCase(Locale.ROOT);
		for (Map.Entry<String, Class<?>> known : this.types.entrySet()) {
			String variable = known.getKey().replace('-', '_').replace('.', '_');
			if (text.equals(variable) || (List.class.isAssignableFrom(known.getValue()) && text.startsWith(variable)
					&& text.substring(variable.length()).matches("_\\d+"))) {
				return known.getKey();
			}
		}
		return null;
	}

	/**
	 * Return the key that was probably meant, or {@code null} if none is similar.
	 */
	@Nullable String findSimilar(List<String> elements) {
		String text = words(String.join("", elements));
		List<String> sameLast = new ArrayList<>();
		List<String> longer = new ArrayList<>();
		String nearest = null;
		int minimum = Integer.MAX_VALUE;
		for (String key : this.types.keySet()) {
			String known = words(key.replace(".", ""));
			int distance = isOfType(key, Map.class) ? distanceToMap(key, elements) : Spelling.distance(text, known);
			if (distance < minimum) {
				minimum = distance;
				nearest = key;
			}
			if (uniform(last(key)).equals(uniform(elements.get(elements.size() - 1)))) {
				sameLast.add(key);
			}
			if (text.length() >= MIN_ABBREVIATION && known.startsWith(text)) {
				longer.add(key);
			}
		}
		if (minimum == 0) {
			return nearest;
		}
		if (sameLast.size() == 1) {
			return sameLast.get(0);
		}
		if (minimum <= Math.max(1, text.length() / 3)) {
			return nearest;
		}
		return (longer.size() == 1) ? longer.get(0) : null;
	}

	/**
	 * Return a uniform spelling in which words with the meaning of a word of our keys are
	 * replaced.
	 */
	private static String words(String key) {
		return uniform(key).replace("message", "msg").replaceAll("interval|delay|period", "timeout");
	}

	private static int distanceToMap(String key, List<String> elements) {
		return (elements.size() == 2) ? Spelling.distance(uniform(elements.get(0)), uniform(key)) : Integer.MAX_VALUE;
	}

	private static String last(String key) {
		return key.substring(key.lastIndexOf('.') + 1);
	}

	private static String uniform(String element) {
		return Spelling.uniform(element.replace("_", ""));
	}

	/**
	 * Result of a comparison.
	 *
	 * @param kind the kind
	 * @param key the known key, or an empty text if the key is unknown
	 */
	record Match(Kind kind, String key) {
	}

	/**
	 * How a key differs from the known ones.
	 */
	enum Kind {

		/** It is known. */
		KNOWN,

		/** It is a group of known keys. */
		GROUP,

		/** It is an entry of a list in the place of another value. */
		LIST,

		/** It is an entry of a map in the place of another value. */
		MAP,

		/** It is not known. */
		UNKNOWN

	}

}
