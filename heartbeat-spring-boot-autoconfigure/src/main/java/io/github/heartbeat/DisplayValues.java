package io.github.heartbeat;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Formats the values of settings for display. Texts are masked unless their setting is
 * known not to hold secrets, so that a new setting is masked by default.
 */
final class DisplayValues {

	private static final String MASK = "******";

	/** Settings whose texts are names or codes. */
	private static final Set<SettingDefinition<?>> SHOWN = Set.of(SettingDefinitions.GROUP,
			SettingDefinitions.SSL_BUNDLE, SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID,
			SettingDefinitions.STOP_ON_CLOSE_CODES, SettingDefinitions.STOP_ON_HTTP_STATUSES);

	private static final long KILOBYTE = DataSize.ofKilobytes(1).toBytes();

	private static final long MEGABYTE = DataSize.ofMegabytes(1).toBytes();

	private DisplayValues() {
	}

	/**
	 * Return the values by key, in the order of the table of settings.
	 */
	static Map<String, Object> of(HeartbeatClientSettings settings) {
		Map<String, Object> display = new LinkedHashMap<>();
		for (SettingDefinition<?> setting : SettingDefinitions.CONFIGURABLE) {
			Object value = value(setting, settings);
			if (value != null) {
				display.put(setting.key(), display(setting, value));
			}
		}
		return Collections.unmodifiableMap(display);
	}

	private static @Nullable Object value(SettingDefinition<?> setting, HeartbeatClientSettings settings) {
		if (setting == SettingDefinitions.URL) {
			return settings.getUrl();
		}
		return (setting == SettingDefinitions.RECONNECT_MAX_TIMEOUT) ? settings.getReconnectMaxTimeout()
				: settings.values().find(setting);
	}

	private static Object display(SettingDefinition<?> setting, Object value) {
		if (setting == SettingDefinitions.URL) {
			return DisplayUrl.of(value.toString());
		}
		if (value instanceof Duration duration) {
			return text(duration);
		}
		if (value instanceof DataSize size) {
			return text(size);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}
		if (value instanceof Number || value instanceof Boolean || SHOWN.contains(setting)
				|| value.equals(setting.defaultValue())) {
			return value;
		}
		return masked(value);
	}

	private static Object masked(Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, String> masked = new LinkedHashMap<>();
			map.keySet().forEach((key) -> masked.put(key.toString(), MASK));
			return masked;
		}
		return (value instanceof List<?> list) ? Collections.nCopies(list.size(), MASK) : MASK;
	}

	private static String text(Duration duration) {
		if (duration.toNanosPart() % 1_000_000 != 0) {
			return duration.toNanos() + "ns";
		}
		return (duration.toMillisPart() != 0) ? duration.toMillis() + "ms" : duration.toSeconds() + "s";
	}

	private static String text(DataSize size) {
		long bytes = size.toBytes();
		if (bytes % MEGABYTE == 0) {
			return bytes / MEGABYTE + "MB";
		}
		return (bytes % KILOBYTE == 0) ? bytes / KILOBYTE + "KB" : bytes + "B";
	}

}
