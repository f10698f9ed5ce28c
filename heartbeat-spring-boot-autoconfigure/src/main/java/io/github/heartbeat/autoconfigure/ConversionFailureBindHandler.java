package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;

/**
 * Replaces conversion failures of values under {@code heartbeat}, because their messages
 * and analyses contain the value. The replacement shows only values that cannot be
 * secrets, such as durations and numbers.
 */
final class ConversionFailureBindHandler extends AbstractBindHandler {

	private static final Log logger = LogFactory.getLog(ConversionFailureBindHandler.class);

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("heartbeat");

	private static final ConfigurationPropertyName CLIENTS = PREFIX.append("clients");

	ConversionFailureBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		try {
			return super.onFailure(name, target, context, error);
		}
		catch (UnboundConfigurationPropertiesException ex) {
			throw explain(ex);
		}
		catch (BindException | InvalidHeartbeatSettingException ex) {
			throw ex;
		}
		catch (Exception ex) {
			if (!PREFIX.equals(name) && !PREFIX.isAncestorOf(name)) {
				throw ex;
			}
			logger.debug("Cannot bind '" + KeyText.of(name) + "'", ex);
			throw explain(name, target, context.getConfigurationProperty(), ex);
		}
	}

	/**
	 * Replace the exception if a name can contain a secret, because its message shows the
	 * names.
	 */
	private static RuntimeException explain(UnboundConfigurationPropertiesException failure) {
		for (ConfigurationProperty property : failure.getUnboundProperties()) {
			if (PREFIX.isAncestorOf(property.getName()) && !KeyText.isPlain(property.getName())) {
				return new InvalidHeartbeatSettingException(KeyText.of(property.getName()), null, "is not a known key",
						UnknownHeartbeatKeyFailureAnalyzer.ACTION);
			}
		}
		return failure;
	}

	private static InvalidHeartbeatSettingException explain(ConfigurationPropertyName name, Bindable<?> target,
			@Nullable ConfigurationProperty property, Exception failure) {
		String key = KeyText.of(name);
		String origin = (property != null) ? " (" + KeyText.origin(property).trim() + ")" : "";
		if (failure instanceof PlaceholderResolutionException) {
			return new InvalidHeartbeatSettingException(key, null, "has a placeholder that cannot be resolved" + origin,
					"Define the value of the placeholder without a reference to this key.");
		}
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(target.getType().resolve(Object.class));
		Expectation expected = expectation(type);
		if (expected != null) {
			String value = (property != null) ? String.valueOf(property.getValue()) : null;
			return new InvalidHeartbeatSettingException(key, value, "is not " + expected.what() + origin,
					"Use " + expected.example() + ".");
		}
		return new InvalidHeartbeatSettingException(key, null, "has a value of the wrong type" + origin,
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
		if (name.equals(CLIENTS)) {
			return "Set the url of each client with the key '" + key + ".<name>.url'.";
		}
		if (CLIENTS.isParentOf(name)) {
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
