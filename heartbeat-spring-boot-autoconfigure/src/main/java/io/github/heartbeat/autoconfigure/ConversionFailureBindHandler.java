package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;

/**
 * Collects the conversion failures of {@link HeartbeatProperties}, so that all of them
 * are reported at once and together with other mistakes. The messages and analyses of
 * Spring Boot contain the value. The collected problems show only values that cannot be
 * secrets, such as durations and numbers.
 */
final class ConversionFailureBindHandler extends AbstractBindHandler {

	private static final Log logger = LogFactory.getLog(ConversionFailureBindHandler.class);

	/** By name. */
	private final Map<ConfigurationPropertyName, InvalidHeartbeatSettingException> failures = new LinkedHashMap<>();

	private boolean collecting;

	ConversionFailureBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		if (context.getDepth() == 0) {
			this.failures.clear();
			this.collecting = HeartbeatProperties.class == target.getType().resolve();
		}
		else if (this.collecting && isEmptyGroup(name, target, context)) {
			return null;
		}
		return super.onStart(name, target, context);
	}

	/**
	 * Return whether a group or a map has an empty value, such as {@code send:} in a YAML
	 * file, and no keys. The binder cannot convert the value; that of Spring Boot 4.0
	 * cannot for maps either.
	 */
	private static boolean isEmptyGroup(ConfigurationPropertyName name, Bindable<?> target, BindContext context) {
		Class<?> type = target.getType().resolve(Object.class);
		if (!KnownKeys.isGroup(type) && !Map.class.isAssignableFrom(type)) {
			return false;
		}
		boolean empty = false;
		for (ConfigurationPropertySource source : context.getSources()) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			empty |= property != null && "".equals(property.getValue());
			if (source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return false;
			}
		}
		return empty;
	}

	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		try {
			return super.onFailure(name, target, context, error);
		}
		catch (Exception ex) {
			if (!this.collecting || context.getDepth() == 0) {
				throw ex;
			}
			logger.debug("Cannot bind '" + KeyText.of(name) + "'", ex);
			this.failures.putIfAbsent(name, explain(name, target, context.getConfigurationProperty(), ex));
			return null;
		}
	}

	@Override
	public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			@Nullable Object result) throws Exception {
		super.onFinish(name, target, context, result);
		if (context.getDepth() == 0 && target.getValue() != null
				&& target.getValue().get() instanceof HeartbeatProperties properties) {
			properties.conversionFailures(Collections.unmodifiableMap(new LinkedHashMap<>(this.failures)));
		}
	}

	private static InvalidHeartbeatSettingException explain(ConfigurationPropertyName name, Bindable<?> target,
			@Nullable ConfigurationProperty property, Exception failure) {
		String key = KeyText.of(name);
		if (failure instanceof PlaceholderResolutionException) {
			return new InvalidHeartbeatSettingException(key, null, "has a placeholder that cannot be resolved",
					"Define the value of the placeholder without a reference to this key.");
		}
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(target.getType().resolve(Object.class));
		Expectation expected = expectation(type);
		if (expected != null) {
			String value = (property != null) ? String.valueOf(property.getValue()) : null;
			return new InvalidHeartbeatSettingException(key, value, "is not " + expected.what(),
					"Use " + expected.example() + ".");
		}
		return new InvalidHeartbeatSettingException(key, null, "has a value of the wrong type",
				action(name, key, type));
	}

	/**
	 * Return the expected values of a type, or {@code null} if its values can be secrets.
	 */
	private static @Nullable Expectation expectation(Class<?> type) {
		if (type == Duration.class) {
			return new Expectation("a duration", "a duration such as 10s");
		}
		if (type == DataSize.class) {
			return new Expectation("a size", "a size such as 1MB");
		}
		if (type == Integer.class) {
			return new Expectation("a whole number", "a whole number of at most " + Integer.MAX_VALUE);
		}
		if (type == Double.class) {
			return new Expectation("a number", "a number such as 0.5");
		}
		if (type == Boolean.class) {
			return new Expectation("a boolean", "true or false");
		}
		if (type.isEnum()) {
			return new Expectation("a known value",
					"one of " + Arrays.stream(type.getEnumConstants())
						.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
						.collect(Collectors.joining(", ")));
		}
		return null;
	}

	private static String action(ConfigurationPropertyName name, String key, Class<?> type) {
		if (name.equals(ConfiguredKeys.CLIENTS)) {
			return "Set the url of each client with the key '" + key + ".<name>.url'.";
		}
		if (ConfiguredKeys.CLIENTS.isParentOf(name)) {
			return "Set the url of the client with the key '" + key + ".url'.";
		}
		if (Map.class.isAssignableFrom(type)) {
			return "Set each entry with the key '" + key + ".<name>'.";
		}
		return ClassUtils.isSimpleValueType(type) ? "Use a single value." : "Use the keys below it instead of a value.";
	}

	private record Expectation(String what, String example) {
	}

}
