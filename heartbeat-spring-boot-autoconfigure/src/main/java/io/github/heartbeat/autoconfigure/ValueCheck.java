package io.github.heartbeat.autoconfigure;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.autoconfigure.ConfiguredKeys.Key;
import io.github.heartbeat.autoconfigure.KnownKeys.Match;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.PropertyPlaceholderHelper;
import org.springframework.util.SystemPropertyUtils;

/**
 * Checks the values of a configuration for what binding accepts, but hardly anybody
 * means: placeholders that are not defined, and durations of a few milliseconds without a
 * unit.
 */
final class ValueCheck {

	private static final Log logger = LogFactory.getLog(ValueCheck.class);

	/** A plain number from 1 to 999. */
	private static final Pattern SHORT = Pattern.compile("\\+?0*[1-9]\\d{0,2}");

	private static final Pattern PLACEHOLDER = Pattern.compile("[A-Za-z0-9_.\\-\\[\\]]+");

	private final ConfiguredKeys keys;

	private final ConfigurationProblems problems;

	private final @Nullable PlaceholdersResolver lenient;

	private final @Nullable PlaceholdersResolver strict;

	ValueCheck(Environment environment, ConfiguredKeys keys, ConfigurationProblems problems) {
		this.keys = keys;
		this.problems = problems;
		if (environment instanceof ConfigurableEnvironment configurable) {
			this.lenient = new PropertySourcesPlaceholdersResolver(environment);
			this.strict = new PropertySourcesPlaceholdersResolver(configurable.getPropertySources(),
					new PropertyPlaceholderHelper(SystemPropertyUtils.PLACEHOLDER_PREFIX,
							SystemPropertyUtils.PLACEHOLDER_SUFFIX, SystemPropertyUtils.VALUE_SEPARATOR,
							SystemPropertyUtils.ESCAPE_CHARACTER, false));
		}
		else {
			this.lenient = null;
			this.strict = null;
		}
	}

	/**
	 * Add a problem for each value with a placeholder that is not defined.
	 */
	void checkPlaceholders() {
		forEachValue((key, property) -> {
			if (property.getValue() instanceof CharSequence text) {
				checkPlaceholders(key.name(), text.toString(), property);
			}
		});
	}

	/**
	 * Log a warning for each short duration without a unit.
	 */
	void checkUnits() {
		forEachValue((key, property) -> {
			if (isDuration(key)) {
				checkUnit(key, property);
			}
		});
	}

	/**
	 * Visit the values that have an effect. A value that another source overrides has
	 * none.
	 */
	private void forEachValue(BiConsumer<Key, ConfigurationProperty> visitor) {
		Set<ConfigurationPropertyName> visited = new HashSet<>();
		for (Key key : this.keys.all()) {
			ConfigurationProperty property = this.keys.find(key.name());
			if (property != null && visited.add(key.name()) && !this.problems.isUnusable(key.name())) {
				visitor.accept(key, property);
			}
		}
	}

	private void checkPlaceholders(ConfigurationPropertyName name, String text, ConfigurationProperty property) {
		String placeholder = findUndefined(text);
		if (placeholder == null) {
			return;
		}
		boolean plain = PLACEHOLDER.matcher(placeholder).matches();
		this.problems.unusable(name.isLastElementIndexed() ? name.getParent() : name);
		this.problems.add(name, new InvalidHeartbeatSettingException(KeyText.of(name), null,
				plain ? "has the placeholder '${" + placeholder + "}', which is not defined"
						: "has a placeholder that is not defined",
				(plain ? "Define '" + placeholder + "'" : "Define it") + ", or write '\\${' for a literal '${'."),
				ConfiguredKeys.origin(property.getOrigin()));
	}

	/**
	 * Return the first placeholder that is not defined. Binding fails for a placeholder
	 * that refers to itself.
	 */
	private @Nullable String findUndefined(String text) {
		if (this.strict == null || this.lenient == null || !text.contains(SystemPropertyUtils.PLACEHOLDER_PREFIX)) {
			return null;
		}
		try {
			this.lenient.resolvePlaceholders(text);
		}
		catch (PlaceholderResolutionException ex) {
			return null;
		}
		try {
			this.strict.resolvePlaceholders(text);
			return null;
		}
		catch (PlaceholderResolutionException ex) {
			return ex.getPlaceholder();
		}
	}

	private void checkUnit(Key key, ConfigurationProperty property) {
		Object value = (this.lenient != null) ? this.lenient.resolvePlaceholders(property.getValue())
				: property.getValue();
		String text = String.valueOf(value).trim();
		if (SHORT.matcher(text).matches()) {
			int number = Integer.parseInt(text);
			String origin = ConfiguredKeys.origin(property.getOrigin());
			logger.warn("'" + KeyText.of(key.name()) + "' is '" + number + "', which is " + number + " milliseconds"
					+ ((origin != null) ? " (" + origin + ")" : "") + ". Use " + number + "s for seconds, or " + number
					+ "ms to keep milliseconds without this warning.");
		}
	}

	private static boolean isDuration(Key key) {
		int prefix = key.isOfClient() ? ConfiguredKeys.CLIENT_ELEMENTS : ConfiguredKeys.DEFAULTS.getNumberOfElements();
		if (!key.isOfClient() && !ConfiguredKeys.DEFAULTS.isAncestorOf(key.name())) {
			return false;
		}
		List<String> elements = key.elements(prefix);
		if (elements.isEmpty()) {
			return false;
		}
		Match match = KnownKeys.CLIENT.match(elements, key.indexed(prefix));
		String known = (match.kind() == KnownKeys.Kind.KNOWN) ? match.key()
				: key.isVariable() ? KnownKeys.CLIENT.findWithUnderscores(elements) : null;
		return known != null && KnownKeys.CLIENT.isDuration(known);
	}

}
