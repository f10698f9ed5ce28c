package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reads the names and settings of the configured clients, and creates the clients.
 */
final class ConfiguredClients {

	private final HeartbeatProperties properties;

	private final Environment environment;

	private final Binder binder;

	private final ConfiguredKeys keys;

	private final ConfigurationProblems problems;

	/** Preferred spellings of all header names, by their uniform spelling. */
	private final Map<String, String> headerNames;

	ConfiguredClients(HeartbeatProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
		this.binder = Binder.get(environment);
		this.keys = new ConfiguredKeys(environment);
		this.problems = new ConfigurationProblems(this.keys);
		this.headerNames = headerNames(properties);
	}

	/**
	 * Return the names of the clients, valid or not. Two spellings of a name are the same
	 * client.
	 */
	static Collection<String> names(Environment environment) {
		return Spelling.preferred(new ConfiguredKeys(environment).clientNames()).values();
	}

	/**
	 * Return the valid names of clients. Invalid names are rejected when the clients are
	 * created.
	 */
	static Collection<String> validNames(Environment environment) {
		return names(environment).stream().filter(DefaultHeartbeatClients::isValidName).toList();
	}

	/**
	 * Create the clients.
	 * @param tls checks the SSL bundle of the defaults
	 * @param replaced whether a client is replaced by another bean and is not created
	 * @param factory creates the container of the clients
	 * @throws InvalidHeartbeatConfigurationException if the configuration has mistakes
	 */
	DefaultHeartbeatClients create(SslBundleTlsSource tls, Predicate<String> replaced, ClientsFactory factory) {
		new KeyCheck(this.keys, this.problems).run();
		ValueCheck values = new ValueCheck(this.environment, this.keys, this.problems);
		values.checkPlaceholders();
		addConversionFailures();
		values.checkUnits();
		new LeaderCheck(this.properties.getLeader(), this.problems).run();
		HeartbeatClientSettings.Builder defaults = defaults(tls);
		DefaultHeartbeatClients clients = create(defaults, factory);
		if (clients == null) {
			this.problems.throwIfAny();
			throw new IllegalStateException("No clients were created");
		}
		try {
			Map<String, ConfiguredKeys.Key> firstKeys = this.keys.clients();
			for (String name : Spelling.preferred(firstKeys.keySet()).values()) {
				if (DefaultHeartbeatClients.isValidName(name) && replaced.test(name)) {
					continue;
				}
				create(name, Objects.requireNonNull(firstKeys.get(name)).client(), defaults, clients);
			}
			this.problems.throwIfAny();
		}
		catch (RuntimeException | Error ex) {
			clients.destroy();
			throw ex;
		}
		return clients;
	}

	private void addConversionFailures() {
		this.properties.conversionFailures().forEach((name, failure) -> {
			if (!this.problems.isUnusable(name)) {
				this.problems.add(name, failure, this.keys.origin(name));
			}
			this.problems.unusable(name);
		});
	}

	/**
	 * Create the container of the clients. If a global key is invalid, its default is
	 * used, so that the clients can be checked as well.
	 * @return the clients, or {@code null} if there is no usable container
	 */
	private @Nullable DefaultHeartbeatClients create(HeartbeatClientSettings.Builder defaults, ClientsFactory factory) {
		HeartbeatProperties fallback = new HeartbeatProperties();
		HeartbeatContainer container = this.properties.getContainer();
		int maxConnects = this.properties.getMaxConnectsPerOrigin();
		while (true) {
			HeartbeatContainer usedContainer = container;
			int usedMaxConnects = maxConnects;
			AtomicReference<@Nullable DefaultHeartbeatClients> clients = new AtomicReference<>();
			InvalidHeartbeatSettingException failure = this.problems.check(ConfiguredKeys.PREFIX,
					() -> clients.set(factory.create(usedContainer, usedMaxConnects, defaults)));
			if (failure == null) {
				return clients.get();
			}
			this.problems.unusable(ConfiguredKeys.PREFIX.append(failure.getKey()));
			if (maxConnects != fallback.getMaxConnectsPerOrigin()
					&& "max-connects-per-origin".equals(failure.getKey())) {
				maxConnects = fallback.getMaxConnectsPerOrigin();
			}
			else if (container != fallback.getContainer()) {
				container = fallback.getContainer();
			}
			else {
				return null;
			}
		}
	}

	private void create(String name, ConfigurationPropertyName key, HeartbeatClientSettings.Builder defaults,
			DefaultHeartbeatClients clients) {
		if (!KeyText.isPlain(name) || this.problems.isUnusable(key)) {
			return;
		}
		HeartbeatProperties.Client client = this.properties.getClients().get(name);
		HeartbeatProperties.Client options = (client != null) ? client : new HeartbeatProperties.Client();
		HeartbeatClientSettings.Builder builder = builder(key, options);
		PropertyMapper.get().from(options::getUrl).to(builder::url);
		if (DefaultHeartbeatClients.isValidName(name)) {
			this.problems.check(key, () -> clients.create(name, builder));
		}
		else {
			this.problems.check(key, builder.applyDefaults(defaults)::build);
		}
	}

	/**
	 * Return the defaults after a check. If they set no reconnect timeout, their maximum
	 * is compared with the timeout of each client later.
	 * @param tls checks their SSL bundle
	 */
	private HeartbeatClientSettings.Builder defaults(SslBundleTlsSource tls) {
		HeartbeatClientOptions options = this.properties.getDefaults();
		HeartbeatClientSettings.Builder builder = builder(ConfiguredKeys.DEFAULTS, options);
		HeartbeatClientSettings.Builder check = HeartbeatClientSettings.builder("wss://localhost")
			.applyDefaults(builder);
		if (options.getReconnectTimeout() == null) {
			check.reconnectTimeout(Duration.ofNanos(1));
		}
		this.problems.check(ConfiguredKeys.DEFAULTS, check::build);
		String bundle = options.getSsl().getBundle();
		if (StringUtils.hasLength(bundle)) {
			this.problems.check(ConfiguredKeys.DEFAULTS, () -> tls.check(bundle));
		}
		return builder;
	}

	private HeartbeatClientSettings.Builder builder(ConfigurationPropertyName key, HeartbeatClientOptions options) {
		HeartbeatClientSettings.Builder builder = HeartbeatClientSettings.builder();
		PropertyMapper map = PropertyMapper.get();
		map.from(options::getProtocols).to(builder::protocols);
		map.from(options::getPingTimeout).to(builder::pingTimeout);
		map.from(options::getPongTimeout).to(builder::pongTimeout);
		map.from(options::getReconnectTimeout).to(builder::reconnectTimeout);
		map.from(options::getReconnectMultiplier).to(builder::reconnectMultiplier);
		map.from(options::getReconnectMaxTimeout).to(builder::reconnectMaxTimeout);
		map.from(options::getReconnectJitter).to(builder::reconnectJitter);
		setOrClear(key.append("repeat-limit"), options.getRepeatLimit(), builder::repeatLimit);
		map.from(options::getStableAfter).to(builder::stableAfter);
		map.from(options::getPingMsg).to(builder::pingMsg);
		map.from(options::getPingType).to(builder::pingType);
		map.from(options::getPingAlways).to(builder::pingAlways);
		map.from(options::getPongMsg).to(builder::pongMsg);
		map.from(options::getPongPattern).to(builder::pongPattern);
		map.from(options::getConnectTimeout).to(builder::connectTimeout);
		map.from(options::getCloseTimeout).to(builder::closeTimeout);
		map.from(options::getMaxConnectionAge).to(builder::maxConnectionAge);
		map.from(options::getMaxMessageSize).to(builder::maxMessageSize);
		map.from(options::getAutoStartup).to(builder::autoStartup);
		map.from(options::getGroup).to(builder::group);
		map.from(options.getSsl()::getBundle).to(builder::sslBundle);
		map.from(options.getSsl()::getReconnectOnReload).to(builder::sslReconnectOnReload);
		map.from(options.getCompression()::getEnabled).to(builder::compressionEnabled);
		map.from(options.getCompression()::getServerContextTakeover).to(builder::compressionServerContextTakeover);
		map.from(options.getCompression()::getClientContextTakeover).to(builder::compressionClientContextTakeover);
		map.from(options.getHealth()::getEnabled).to(builder::healthEnabled);
		map.from(options.getObservation()::getMessages).to(builder::observationMessages);
		map.from(options.getLeader()::getEnabled).to(builder::leaderEnabled);
		map.from(options.getLeader()::getLock).to(builder::leaderLock);
		map.from(options.getLeader()::getLease).to(builder::leaderLease);
		map.from(options.getLeader()::getMargin).to(builder::leaderMargin);
		map.from(options.getLeader()::getRenewInterval).to(builder::leaderRenewInterval);
		map.from(options.getLeader()::getPollInterval).to(builder::leaderPollInterval);
		map.from(options.getOauth2()::getClientRegistrationId).to(builder::oauth2ClientRegistrationId);
		map.from(options.getOauth2()::getRenewBeforeExpiry).to(builder::oauth2RenewBeforeExpiry);
		map.from(options.getLeader()::getGiveUpAfter).to(builder::leaderGiveUpAfter);
		map.from(options.getSend()::getQueueMessages).to(builder::sendQueueMessages);
		map.from(options.getSend()::getQueueBytes).to(builder::sendQueueBytes);
		map.from(options.getSend()::getTimeout).to(builder::sendTimeout);
		map.from(options.getSend()::getWhileDisconnected).to(builder::sendWhileDisconnected);
		map.from(options.getSend()::getTimeToLive).to(builder::sendTimeToLive);
		map.from(options.getSend()::getOnOpen).to(builder::sendOnOpen);
		map.from(options.getStopOn()::getCloseCodes).to(builder::stopOnCloseCodes);
		map.from(options.getStopOn()::getHttpStatuses).to(builder::stopOnHttpStatuses);
		options.getHeaders()
			.forEach((name, value) -> builder.header(this.headerNames.getOrDefault(Spelling.uniform(name), name),
					value));
		return builder;
	}

	/**
	 * Set a value, or clear the default if the key has an empty value. The binder
	 * converts an empty number to null, as if the key was not set.
	 */
	private <T> void setOrClear(ConfigurationPropertyName name, @Nullable T value, Consumer<@Nullable T> setter) {
		if (value != null || (!this.problems.isUnusable(name)
				&& this.binder.bind(name, Bindable.of(String.class)).map(String::isEmpty).orElse(false))) {
			setter.accept(value);
		}
	}

	private static Map<String, String> headerNames(HeartbeatProperties properties) {
		Set<String> names = new LinkedHashSet<>(properties.getDefaults().getHeaders().keySet());
		properties.getClients().values().forEach((client) -> names.addAll(client.getHeaders().keySet()));
		return Spelling.preferred(names);
	}

	/**
	 * Creates the container of the clients.
	 */
	@FunctionalInterface
	interface ClientsFactory {

		DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin,
				HeartbeatClientSettings.Builder defaults);

	}

}
