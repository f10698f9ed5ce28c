package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.internal.connect.WebSocketConnector;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.ContainerWatch;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.tls.TlsSource;
import org.jspecify.annotations.Nullable;

/**
 * Creates the clients of a test, on platform threads.
 */
public final class TestClients {

	static final int MAX_CONNECTS_PER_ORIGIN = 8;

	private TestClients() {
	}

	public static DefaultHeartbeatClients create(HeartbeatContainer container) {
		return create(container, MAX_CONNECTS_PER_ORIGIN);
	}

	public static DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin) {
		return create(container, maxConnectsPerOrigin, extensions(List::of, List::of, noBundles()));
	}

	public static DefaultHeartbeatClients create(HeartbeatContainer container, ClientExtensions extensions) {
		return create(container, MAX_CONNECTS_PER_ORIGIN, extensions);
	}

	public static DefaultHeartbeatClients create(EngineFactory engine, ClientExtensions extensions) {
		return new DefaultHeartbeatClients(HeartbeatContainer.AUTO, MAX_CONNECTS_PER_ORIGIN,
				HeartbeatClientSettings::builder, extensions, false, false, engine);
	}

	private static DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin,
			ClientExtensions extensions) {
		return new DefaultHeartbeatClients(container, maxConnectsPerOrigin, HeartbeatClientSettings::builder,
				extensions, false, false);
	}

	public static ClientExtensions extensions(Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, TlsSource tls) {
		return extensions(listeners, observers, tls, noLeases());
	}

	/**
	 * Return extensions that consist of a store of leases.
	 */
	public static ClientExtensions extensions(LeaseOptions leases) {
		return extensions(List::of, List::of, noBundles(), leases);
	}

	private static ClientExtensions extensions(Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, TlsSource tls, LeaseOptions leases) {
		return new ClientExtensions(List::of, List::of, List::of, List::of, List::of, List::of,
				(name) -> listeners.get(), observers, new PayloadConverters(List::of), tls, leases, () -> null);
	}

	/**
	 * Create a client that has only the extensions in its settings.
	 */
	static DefaultHeartbeatClient client(String name, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
			ContainerSupport container, ConnectLimiter connectLimiter, EngineResources resources) {
		return client(name, settings, listeners, observers, new PayloadConverters(List::of), container, connectLimiter,
				resources);
	}

	static DefaultHeartbeatClient client(String name, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
			PayloadConverters converters, ContainerSupport container, ConnectLimiter connectLimiter,
			EngineResources resources) {
		return client(name, settings, listeners, observers, converters, container, connectLimiter, null, null,
				resources);
	}

	static DefaultHeartbeatClient client(String name, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
			PayloadConverters converters, ContainerSupport container, ConnectLimiter connectLimiter,
			@Nullable Lease lease, @Nullable TokenSource tokens, EngineResources resources) {
		UserCodeLog userCodeLog = new UserCodeLog(name, resources);
		WebSocketConnector connector = new WebSocketConnector(name, settings, settings::getHandshakeCustomizers, null,
				container, new ContainerWatch(container, resources.connects(), resources.ticker()), userCodeLog,
				() -> (lease != null) ? lease.current() : null, tokens);
		return new DefaultHeartbeatClient(name, settings, listeners, observers,
				new PingMessages(name, settings, settings::getPingMessageSuppliers, userCodeLog),
				new SessionInitializers(name, settings::getSessionInitializers),
				new PongMatchers(name, settings, settings::getPongMatchers, userCodeLog),
				new ReconnectPolicies(name, settings::getReconnectPolicies, userCodeLog), converters, connector,
				connectLimiter, userCodeLog, null, lease, resources);
	}

	public static LeaseOptions noLeases() {
		return new LeaseOptions(() -> {
			throw new IllegalStateException("No store");
		}, "test", Duration.ZERO, Integer.MAX_VALUE);
	}

	public static TlsSource noBundles() {
		return (bundle, reloads) -> {
			throw new IllegalStateException("No bundle '" + bundle + "'");
		};
	}

}
