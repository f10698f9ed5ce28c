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
		failures.check(() -> oauth2(values, url.get()));
		leader(values, failures);
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

	private static void oauth2(SettingValues values, @Nullable URI url) {
		String registration = values.find(SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID);
		if (registration == null) {
			return;
		}
		if (values.get(SettingDefinitions.HEADERS).keySet().stream().anyMatch("Authorization"::equalsIgnoreCase)) {
			throw invalid(SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID, registration,
					"cannot be combined with the header 'Authorization'", "Set one of the two.");
		}
		if (url != null && url.getRawUserInfo() != null) {
			throw invalid(SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID, registration,
					"cannot be combined with user info in the url", "Set one of the two.");
		}
	}

	private static void leader(SettingValues values, SettingFailures failures) {
		if (failures.contain(SettingDefinitions.LEADER_LEASE) || failures.contain(SettingDefinitions.LEADER_MARGIN)
				|| failures.contain(SettingDefinitions.LEADER_RENEW_INTERVAL)
				|| failures.contain(SettingDefinitions.LEADER_POLL_INTERVAL)) {
			return;
		}
		Duration lease = values.get(SettingDefinitions.LEADER_LEASE);
		Duration margin = LeaderTimes.margin(values);
		Duration renewInterval = LeaderTimes.renewInterval(values);
		Duration pollInterval = LeaderTimes.pollInterval(values);
		if (renewInterval.plus(margin).multipliedBy(3).compareTo(lease.multipliedBy(2)) > 0) {
			failures.check(() -> {
				throw invalid(SettingDefinitions.LEADER_RENEW_INTERVAL, SettingChecks.text(renewInterval),
						"and 'leader.margin' (" + SettingChecks.text(margin)
								+ ") are together longer than two thirds of 'leader.lease' ("
								+ SettingChecks.text(lease) + "), so one failed renewal would end the connection",
						"Decrease them or increase 'leader.lease'.");
			});
		}
		if (pollInterval.compareTo(lease) > 0) {
			failures.check(() -> {
				throw invalid(SettingDefinitions.LEADER_POLL_INTERVAL, SettingChecks.text(pollInterval),
						"is longer than 'leader.lease' (" + SettingChecks.text(lease) + ")",
						"Decrease it or increase 'leader.lease'.");
			});
		}
	}

	private static InvalidHeartbeatSettingException invalid(SettingDefinition<?> setting, @Nullable String value,
			String reason, String action) {
		return new InvalidHeartbeatSettingException(setting.key(), value, reason, action);
	}

}
