package io.github.heartbeat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Checks the values of {@link HeartbeatClientSettings}: each for itself, as
 * {@link SettingDefinitions} says, and then those that depend on each other.
 */
final class SettingsValidator {

	/** Largest payload of a control frame (RFC 6455, section 5.5). */
	private static final int MAX_CONTROL_PAYLOAD = 125;

	/**
	 * Check the values.
	 * @return the url
	 * @throws InvalidHeartbeatSettingException if a value is invalid. Further failures
	 * are its suppressed exceptions
	 */
	URI validate(SettingValues values) {
		SettingFailures failures = new SettingFailures();
		AtomicReference<@Nullable URI> url = new AtomicReference<>();
		failures.check(() -> url.set(WebSocketUrl.parse(values.find(SettingDefinitions.URL))));
		values.validate(failures);
		if (!failures.contain(SettingDefinitions.RECONNECT_TIMEOUT)
				&& !failures.contain(SettingDefinitions.RECONNECT_MAX_TIMEOUT)) {
			failures.check(() -> reconnectMaxTimeout(values));
		}
		if (!failures.contain(SettingDefinitions.PING_MSG)) {
			failures.check(() -> pingPayload(values));
		}
		failures.check(() -> ssl(values, url.get()));
		failures.throwIfAny();
		return Objects.requireNonNull(url.get());
	}

	private static void reconnectMaxTimeout(SettingValues values) {
		Duration timeout = values.get(SettingDefinitions.RECONNECT_TIMEOUT);
		Duration maxTimeout = values.find(SettingDefinitions.RECONNECT_MAX_TIMEOUT);
		if (maxTimeout != null && maxTimeout.compareTo(timeout) < 0) {
			throw invalid(SettingDefinitions.RECONNECT_MAX_TIMEOUT, SettingChecks.text(maxTimeout),
					"is shorter than 'reconnect-timeout' (" + SettingChecks.text(timeout) + ")",
					"Increase it or decrease 'reconnect-timeout'.");
		}
	}

	private static void pingPayload(SettingValues values) {
		int length = values.get(SettingDefinitions.PING_MSG).getBytes(StandardCharsets.UTF_8).length;
		if (values.get(SettingDefinitions.PING_TYPE) == HeartbeatPingType.PING && length > MAX_CONTROL_PAYLOAD) {
			throw invalid(SettingDefinitions.PING_MSG, null,
					"has " + length + " bytes, but the payload of a ping frame has at most " + MAX_CONTROL_PAYLOAD,
					"Shorten it or use 'ping-type: text'.");
		}
	}

	private static void ssl(SettingValues values, @Nullable URI url) {
		String bundle = values.find(SettingDefinitions.SSL_BUNDLE);
		if (bundle == null) {
			return;
		}
		if (values.find(SettingDefinitions.SSL_CONTEXT) != null) {
			throw invalid(SettingDefinitions.SSL_BUNDLE, bundle, "cannot be combined with an SSLContext of the builder",
					"Set one of the two.");
		}
		if (url != null && !url.getScheme().equalsIgnoreCase("wss")) {
			throw invalid(SettingDefinitions.SSL_BUNDLE, bundle, "requires a url of scheme wss",
					"Use wss:// in 'url' or remove the bundle. "
							+ "An empty value removes the bundle of 'heartbeat.defaults'.");
		}
	}

	private static InvalidHeartbeatSettingException invalid(SettingDefinition<?> setting, @Nullable String value,
			String reason, String action) {
		return new InvalidHeartbeatSettingException(setting.key(), value, reason, action);
	}

}
