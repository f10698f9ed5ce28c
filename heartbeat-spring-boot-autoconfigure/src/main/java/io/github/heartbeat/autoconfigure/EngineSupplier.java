package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.ClientExtensions;
import io.github.heartbeat.internal.client.ClientListenerSource;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.internal.client.EngineFactory;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.leader.HeartbeatLeases;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Creates the engine with the beans that it uses, and the configured clients. It is a
 * lazy bean of its own, so that the types of these beans are not loaded before.
 */
@Lazy
final class EngineSupplier implements Supplier<DefaultHeartbeatClients> {

	private final HeartbeatProperties properties;

	private final Environment environment;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<EngineFactory> engine;

	private final ObjectProvider<LoggingSystem> loggingSystem;

	private final SslBundleTlsSource tls;

	private final ClientExtensions extensions;

	EngineSupplier(HeartbeatProperties properties, Environment environment, ApplicationEventPublisher publisher,
			ObjectProvider<List<HeartbeatClientCustomizer>> customizers,
			ObjectProvider<List<HeartbeatHandshakeCustomizer>> handshakeCustomizers,
			ObjectProvider<List<HeartbeatPingMessageSupplier>> pingMessageSuppliers,
			ObjectProvider<List<HeartbeatSessionInitializer>> sessionInitializers,
			ObjectProvider<List<HeartbeatPongMatcher>> pongMatchers,
			ObjectProvider<List<HeartbeatReconnectPolicy>> reconnectPolicies,
			ObjectProvider<List<HeartbeatListener>> listeners, ObjectProvider<ClientListenerSource> clientListeners,
			ObjectProvider<List<HeartbeatClientObserverFactory>> observers, PayloadConverters converters,
			ObjectProvider<SslBundles> sslBundles, ObjectProvider<EngineFactory> engine,
			ObjectProvider<HeartbeatLeases> leases, ObjectProvider<TokenSource> tokens,
			ObjectProvider<LoggingSystem> loggingSystem, ConfigurableListableBeanFactory beanFactory) {
		this.properties = properties;
		this.environment = environment;
		this.beanFactory = beanFactory;
		this.engine = engine;
		this.loggingSystem = loggingSystem;
		this.tls = new SslBundleTlsSource(sslBundles.getIfAvailable());
		this.extensions = new ClientExtensions(() -> ordered(customizers), () -> ordered(handshakeCustomizers),
				() -> ordered(pingMessageSuppliers), () -> ordered(sessionInitializers), () -> ordered(pongMatchers),
				() -> ordered(reconnectPolicies),
				(name) -> inOrder(ordered(listeners), clientListeners, name, publisher), () -> ordered(observers),
				converters, this.tls, LeaseStore.options(properties.getLeader(), environment, leases),
				tokens::getIfAvailable);
	}

	@Override
	public DefaultHeartbeatClients get() {
		LoggingSystem loggingSystem = this.loggingSystem.getIfAvailable();
		if (loggingSystem != null) {
			TomcatClientLogEnvironmentPostProcessor.setLevel(loggingSystem, this.environment);
		}
		return new ConfiguredClients(this.properties, this.environment).create(this.tls,
				(name) -> HeartbeatClientBeans.isReplaced(this.beanFactory, name), this::create);
	}

	private DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin,
			HeartbeatClientSettings.Builder defaults) {
		EngineFactory engine = this.engine.getIfAvailable();
		return new DefaultHeartbeatClients(container, maxConnectsPerOrigin, () -> defaults, this.extensions,
				Threading.VIRTUAL.isActive(this.environment), this.properties.isClientNameInMdc(),
				(engine != null) ? engine : EngineFactory.DEFAULT);
	}

	/**
	 * Return the beans in order. A list has one instance of each prototype-scoped bean,
	 * whereas the ordered stream of a provider creates more.
	 */
	private static <T> List<T> ordered(ObjectProvider<List<T>> beans) {
		return beans.getIfAvailable(List::of);
	}

	private static List<HeartbeatListener> inOrder(List<HeartbeatListener> listeners,
			ObjectProvider<ClientListenerSource> clientListeners, String clientName,
			ApplicationEventPublisher publisher) {
		List<HeartbeatListener> all = new ArrayList<>(listeners);
		clientListeners.forEach((source) -> all.addAll(source.forClient(clientName)));
		all.add(new EventPublisher(publisher));
		return all;
	}

}
