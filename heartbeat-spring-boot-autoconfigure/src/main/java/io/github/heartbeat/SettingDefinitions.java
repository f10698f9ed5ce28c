package io.github.heartbeat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.SettingDefinition.Check;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Table of all settings of a client, which the builder, the merging of defaults and the
 * validator share. A new setting is one entry here, an accessor of
 * {@link HeartbeatClientSettings} and a method of its builder. Checks that compare
 * several settings are in {@link SettingsValidator}.
 */
final class SettingDefinitions {

	private static final List<SettingDefinition<?>> table = new ArrayList<>();

	static final SettingDefinition<String> URL = optional("url");

	static final SettingDefinition<List<String>> PROTOCOLS = setting("protocols", List.of(), SettingChecks::protocols);

	static final SettingDefinition<Map<String, String>> HEADERS = merged("headers", Map.of(), SettingChecks::headers,
			SettingDefinitions::mergeHeaders);

	static final SettingDefinition<Duration> PING_TIMEOUT = setting("ping-timeout", Duration.ofSeconds(15),
			SettingChecks::positive);

	static final SettingDefinition<Duration> PONG_TIMEOUT = setting("pong-timeout", Duration.ofSeconds(10),
			SettingChecks::positive);

	static final SettingDefinition<Boolean> PING_ALWAYS = setting("ping-always", false);

	static final SettingDefinition<Duration> RECONNECT_TIMEOUT = setting("reconnect-timeout", Duration.ofSeconds(2),
			SettingChecks::positive);

	static final SettingDefinition<Double> RECONNECT_MULTIPLIER = setting("reconnect-multiplier", 1.0,
			SettingChecks::multiplier);

	static final SettingDefinition<Duration> RECONNECT_MAX_TIMEOUT = optional("reconnect-max-timeout",
			SettingChecks::positive);

	static final SettingDefinition<Double> RECONNECT_JITTER = setting("reconnect-jitter", 0.2, SettingChecks::fraction);

	static final SettingDefinition<Integer> REPEAT_LIMIT = optional("repeat-limit", SettingChecks::repeatLimit);

	static final SettingDefinition<Duration> STABLE_AFTER = setting("stable-after", Duration.ofSeconds(5),
			SettingChecks::notNegative);

	static final SettingDefinition<String> PING_MSG = setting("ping-msg", "heartbeat", SettingChecks::encodable);

	static final SettingDefinition<HeartbeatPingType> PING_TYPE = setting("ping-type", HeartbeatPingType.TEXT);

	static final SettingDefinition<String> PONG_MSG = optional("pong-msg");

	static final SettingDefinition<String> PONG_PATTERN = optional("pong-pattern", SettingChecks::pattern);

	static final SettingDefinition<Duration> CONNECT_TIMEOUT = setting("connect-timeout", Duration.ofSeconds(10),
			SettingChecks::positive);

	static final SettingDefinition<Duration> MAX_CONNECTION_AGE = optional("max-connection-age",
			SettingChecks::positive);

	static final SettingDefinition<Duration> CLOSE_TIMEOUT = setting("close-timeout", Duration.ofSeconds(2),
			SettingChecks::notNegative);

	static final SettingDefinition<DataSize> MAX_MESSAGE_SIZE = setting("max-message-size", DataSize.ofMegabytes(1),
			SettingChecks::size);

	static final SettingDefinition<Boolean> COMPRESSION_ENABLED = setting("compression.enabled", false);

	static final SettingDefinition<Boolean> COMPRESSION_SERVER_CONTEXT_TAKEOVER = setting(
			"compression.server-context-takeover", true);

	static final SettingDefinition<Boolean> COMPRESSION_CLIENT_CONTEXT_TAKEOVER = setting(
			"compression.client-context-takeover", true);

	static final SettingDefinition<Integer> SEND_QUEUE_MESSAGES = setting("send.queue-messages", 1024,
			SettingChecks::messages);

	static final SettingDefinition<DataSize> SEND_QUEUE_BYTES = setting("send.queue-bytes", DataSize.ofMegabytes(1),
			SettingChecks::size);

	static final SettingDefinition<Duration> SEND_TIME_TO_LIVE = setting("send.time-to-live", Duration.ofSeconds(30),
			SettingChecks::positive);

	static final SettingDefinition<Duration> SEND_TIMEOUT = setting("send.timeout", Duration.ofSeconds(10),
			SettingChecks::positive);

	static final SettingDefinition<HeartbeatSendWhileDisconnected> SEND_WHILE_DISCONNECTED = setting(
			"send.while-disconnected", HeartbeatSendWhileDisconnected.REJECT);

	static final SettingDefinition<List<String>> SEND_ON_OPEN = setting("send.on-open", List.of(),
			SettingChecks::encodables);

	static final SettingDefinition<List<String>> STOP_ON_CLOSE_CODES = setting("stop-on.close-codes", List.of(),
			SettingChecks::closeCodes);

	static final SettingDefinition<List<String>> STOP_ON_HTTP_STATUSES = setting("stop-on.http-statuses", List.of(),
			SettingChecks::httpStatuses);

	static final SettingDefinition<String> SSL_BUNDLE = optional("ssl.bundle");

	static final SettingDefinition<String> OAUTH2_CLIENT_REGISTRATION_ID = optional("oauth2.client-registration-id");

	static final SettingDefinition<Duration> OAUTH2_RENEW_BEFORE_EXPIRY = optional("oauth2.renew-before-expiry",
			SettingChecks::positive);

	static final SettingDefinition<Boolean> SSL_RECONNECT_ON_RELOAD = setting("ssl.reconnect-on-reload", false);

	static final SettingDefinition<Boolean> LEADER_ENABLED = setting("leader.enabled", false);

	static final SettingDefinition<String> LEADER_LOCK = optional("leader.lock", SettingChecks::lock);

	static final SettingDefinition<Duration> LEADER_LEASE = setting("leader.lease", Duration.ofSeconds(15),
			SettingChecks::lease);

	static final SettingDefinition<Duration> LEADER_MARGIN = optional("leader.margin", SettingChecks::positive);

	static final SettingDefinition<Duration> LEADER_RENEW_INTERVAL = optional("leader.renew-interval",
			SettingChecks::positive);

	static final SettingDefinition<Duration> LEADER_POLL_INTERVAL = optional("leader.poll-interval",
			SettingChecks::positive);

	static final SettingDefinition<Duration> LEADER_GIVE_UP_AFTER = optional("leader.give-up-after",
			SettingChecks::positive);

	static final SettingDefinition<String> GROUP = optional("group");

	static final SettingDefinition<Boolean> HEALTH_ENABLED = setting("health.enabled", true);

	static final SettingDefinition<Boolean> OBSERVATION_MESSAGES = setting("observation.messages", false);

	static final SettingDefinition<Boolean> AUTO_STARTUP = setting("auto-startup", true);

	/** The settings that a configuration file can have. */
	static final List<SettingDefinition<?>> CONFIGURABLE = List.copyOf(table);

	// Only the builder has the settings from here on.

	static final SettingDefinition<WebSocketContainer> WEB_SOCKET_CONTAINER = optional("webSocketContainer");

	static final SettingDefinition<SSLContext> SSL_CONTEXT = optional("sslContext");

	/** Customizers of the client are called last, so that they decide. */
	static final SettingDefinition<List<HeartbeatHandshakeCustomizer>> HANDSHAKE_CUSTOMIZERS = extensions(
			"handshakeCustomizer", (own, defaults) -> joined(defaults, own));

	static final SettingDefinition<List<HeartbeatPingMessageSupplier>> PING_MESSAGE_SUPPLIERS = extensions(
			"pingMessageSupplier", SettingDefinitions::joined);

	static final SettingDefinition<List<HeartbeatSessionInitializer>> SESSION_INITIALIZERS = extensions(
			"sessionInitializer", SettingDefinitions::joined);

	static final SettingDefinition<List<HeartbeatPongMatcher>> PONG_MATCHERS = extensions("pongMatcher",
			SettingDefinitions::joined);

	static final SettingDefinition<List<HeartbeatListener>> LISTENERS = extensions("listener",
			SettingDefinitions::joined);

	static final SettingDefinition<List<HeartbeatReconnectPolicy>> RECONNECT_POLICIES = extensions("reconnectPolicy",
			SettingDefinitions::joined);

	/** All settings, each at its index. Must be the last field. */
	static final List<SettingDefinition<?>> ALL = List.copyOf(table);

	private SettingDefinitions() {
	}

	private static <T> SettingDefinition<T> setting(String key, T defaultValue) {
		return setting(key, defaultValue, (k, value) -> {
		});
	}

	private static <T> SettingDefinition<T> setting(String key, T defaultValue, Check<? super T> check) {
		return add(key, defaultValue, check, null);
	}

	private static <T> SettingDefinition<T> merged(String key, T defaultValue, Check<? super T> check,
			BinaryOperator<T> merge) {
		return add(key, defaultValue, check, merge);
	}

	private static <T> SettingDefinition<T> optional(String key) {
		return optional(key, (k, value) -> {
		});
	}

	private static <T> SettingDefinition<T> optional(String key, Check<? super T> check) {
		return add(key, null, check, null);
	}

	private static <T> SettingDefinition<List<T>> extensions(String key, BinaryOperator<List<T>> merge) {
		return merged(key, List.of(), (k, value) -> {
		}, merge);
	}

	private static <T> SettingDefinition<T> add(String key, @Nullable T defaultValue, Check<? super T> check,
			@Nullable BinaryOperator<T> merge) {
		SettingDefinition<T> setting = new SettingDefinition<>(table.size(), key, defaultValue, check, merge);
		table.add(setting);
		return setting;
	}

	/**
	 * Header names ignore case. An empty value removes a header of the defaults.
	 */
	private static Map<String, String> mergeHeaders(Map<String, String> own, Map<String, String> defaults) {
		Map<String, String> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		merged.putAll(defaults);
		merged.putAll(own);
		merged.values().removeIf(String::isEmpty);
		return Collections.unmodifiableMap(merged);
	}

	static <T> List<T> joined(List<T> first, List<T> second) {
		List<T> joined = new ArrayList<>(first);
		joined.addAll(second);
		return List.copyOf(joined);
	}

}
