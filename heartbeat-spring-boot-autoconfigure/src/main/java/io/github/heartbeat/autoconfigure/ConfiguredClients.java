package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Reads the names and settings of the configured clients.
 */
final class ConfiguredClients {

	private static final String DEFAULTS = "heartbeat.defaults";

	private static final String CLIENTS = "heartbeat.clients";

	private static final String NAME_ACTION = "Use lower-case letters, digits and dashes, and start with a letter or digit.";

	private static final Pattern LIST_INDEX = Pattern.compile("\\d+(\\.|$)");

	private final HeartbeatProperties properties;

	private final Binder binder;

	/** Preferred spellings of all header names, by their uniform spelling. */
	private final Map<String, String> headerNames;

	ConfiguredClients(HeartbeatProperties properties, Environment environment) {
		this.properties = properties;
		this.binder = Binder.get(environment);
		this.headerNames = headerNames(properties);
	}

	/**
	 * Return the names of the clients. Two spellings of a name are the same client.
	 */
	static Collection<String> names(Environment environment) {
		return names(Binder.get(environment));
	}

	/**
	 * Return the valid names of clients. Invalid names are rejected when the clients are
	 * created.
	 */
	static Collection<String> validNames(Environment environment) {
		return names(environment).stream().filter(DefaultHeartbeatClients::isValidName).toList();
	}

	/**
	 * Return the names, none of which contains a secret. A malformed name can be a
	 * misplaced url, which messages of Spring would show.
	 */
	private static Collection<String> names(Binder binder) {
		Set<String> names = binder
			.bind(CLIENTS, Bindable.mapOf(String.class, Object.class),
					new ConversionFailureBindHandler(BindHandler.DEFAULT))
			.orElse(Map.of())
			.keySet();
		if (!names.stream().allMatch(KeyText::isPlain)) {
			throw new InvalidHeartbeatSettingException(CLIENTS, null, "has an entry whose name is not a client name",
					NAME_ACTION);
		}
		return Spelling.preferred(names).values();
	}

	/**
	 * Return the prefix of the keys of a client.
	 */
	static String prefix(String name) {
		return CLIENTS + "." + name + ".";
	}

	/**
	 * Return the defaults after a check. If they set no reconnect timeout, their maximum
	 * is compared with the timeout of each client later.
	 * @param tls checks their SSL bundle
	 */
	HeartbeatClientSettings.Builder defaults(SslBundleTlsSource tls) {
		HeartbeatClientOptions options = this.properties.getDefaults();
		HeartbeatClientSettings.Builder builder = builder(DEFAULTS, options);
		HeartbeatClientSettings.Builder check = HeartbeatClientSettings.builder("wss://localhost")
			.applyDefaults(builder);
		if (options.getReconnectTimeout() == null) {
			check.reconnectTimeout(Duration.ofNanos(1));
		}
		try {
			String bundle = check.build().getSslBundle();
			if (bundle != null) {
				tls.check(bundle);
			}
		}
		catch (InvalidHeartbeatSettingException ex) {
			throw ex.withPrefix(DEFAULTS + ".");
		}
		return builder;
	}

	/**
	 * Return the clients by name. Relaxed binding gives each spelling of a name the
	 * values of all its spellings, so the preferred one has all values.
	 */
	Map<String, HeartbeatClientSettings.Builder> clients() {
		Map<String, HeartbeatClientSettings.Builder> clients = new LinkedHashMap<>();
		for (String name : names(this.binder)) {
			String key = CLIENTS + "." + name;
			HeartbeatProperties.Client client = this.properties.getClients().get(name);
			if (!DefaultHeartbeatClients.isValidName(name)) {
				throw new InvalidHeartbeatSettingException(key, null, "is not a client name", NAME_ACTION);
			}
			if (client == null) {
				throw new InvalidHeartbeatSettingException(key, null, "has no known key",
						"Check the spelling. A client requires at least '" + key + ".url'.");
			}
			HeartbeatClientSettings.Builder builder = builder(key, client);
			PropertyMapper.get().from(client::getUrl).to(builder::url);
			clients.put(name, builder);
		}
		return clients;
	}

	private HeartbeatClientSettings.Builder builder(String key, HeartbeatClientOptions options) {
		HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder();
		PropertyMapper map = PropertyMapper.get();
		map.from(options::getProtocols).to(builder::protocols);
		map.from(options::getPingTimeout).to(builder::pingTimeout);
		map.from(options::getPongTimeout).to(builder::pongTimeout);
		map.from(options::getReconnectTimeout).to(builder::reconnectTimeout);
		map.from(options::getReconnectMultiplier).to(builder::reconnectMultiplier);
		map.from(options::getReconnectMaxTimeout).to(builder::reconnectMaxTimeout);
		map.from(options::getReconnectJitter).to(builder::reconnectJitter);
		setOrClear(key + ".repeat-limit", options.getRepeatLimit(), builder::repeatLimit);
		map.from(options::getStableAfter).to(builder::stableAfter);
		map.from(options::getPingMsg).to(builder::pingMsg);
		map.from(options::getPingType).to(builder::pingType);
		map.from(options::getPongMsg).to(builder::pongMsg);
		map.from(options::getConnectTimeout).to(builder::connectTimeout);
		map.from(options::getCloseTimeout).to(builder::closeTimeout);
		map.from(options::getMaxMessageSize).to(builder::maxMessageSize);
		map.from(options::getAutoStartup).to(builder::autoStartup);
		map.from(options::getGroup).to(builder::group);
		map.from(options.getSsl()::getBundle).to(builder::sslBundle);
		map.from(options.getSsl()::getReconnectOnReload).to(builder::sslReconnectOnReload);
		map.from(options.getHealth()::getEnabled).to(builder::healthEnabled);
		map.from(options.getSend()::getQueueMessages).to(builder::sendQueueMessages);
		map.from(options.getSend()::getQueueBytes).to(builder::sendQueueBytes);
		map.from(options.getSend()::getTimeout).to(builder::sendTimeout);
		map.from(options.getSend()::getWhileDisconnected).to(builder::sendWhileDisconnected);
		map.from(options.getSend()::getTimeToLive).to(builder::sendTimeToLive);
		map.from(options.getSend()::getOnOpen).to(builder::sendOnOpen);
		map.from(options.getStopOn()::getCloseCodes).to(builder::stopOnCloseCodes);
		map.from(options.getStopOn()::getHttpStatuses).to(builder::stopOnHttpStatuses);
		refuseList(key + ".headers", options.getHeaders());
		options.getHeaders()
			.forEach((name, value) -> builder.header(this.headerNames.getOrDefault(Spelling.uniform(name), name),
					value));
		return builder;
	}

	/**
	 * Reject a list, which the binder converts to a map with the indexes as keys.
	 */
	private static void refuseList(String key, Map<String, String> headers) {
		if (headers.keySet().stream().anyMatch((name) -> LIST_INDEX.matcher(name).lookingAt())) {
			throw new InvalidHeartbeatSettingException(key, null, "is a list",
					"Set each header with the key '" + key + ".<name>'.");
		}
	}

	/**
	 * Set a value, or clear the default if the key has an empty value. The binder
	 * converts an empty number to null, as if the key was not set.
	 */
	private <T> void setOrClear(String key, @Nullable T value, Consumer<@Nullable T> setter) {
		if (value != null || this.binder.bind(key, String.class).map(String::isEmpty).orElse(false)) {
			setter.accept(value);
		}
	}

	private static Map<String, String> headerNames(HeartbeatProperties properties) {
		Set<String> names = new LinkedHashSet<>(properties.getDefaults().getHeaders().keySet());
		properties.getClients().values().forEach((client) -> names.addAll(client.getHeaders().keySet()));
		return Spelling.preferred(names);
	}

}
