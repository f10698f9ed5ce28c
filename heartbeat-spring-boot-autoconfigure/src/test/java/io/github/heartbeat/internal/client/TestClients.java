package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.Connector;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.tls.TlsSource;

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

	private static DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin,
			ClientExtensions extensions) {
		return new DefaultHeartbeatClients(container, maxConnectsPerOrigin, HeartbeatClientSettings.builder(),
				extensions, false, false);
	}

	public static ClientExtensions extensions(Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, TlsSource tls) {
		return new ClientExtensions(List::of, List::of, List::of, List::of, List::of, listeners, observers, tls);
	}

	/**
	 * Create a client that has only the extensions in its settings.
	 */
	static DefaultHeartbeatClient client(String name, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
			Connector connector, ConnectLimiter connectLimiter, EngineResources resources) {
		UserCodeLog userCodeLog = new UserCodeLog(name, resources);
		return new DefaultHeartbeatClient(name, settings, listeners, observers,
				new PingMessages(name, settings, settings::getPingMessageSuppliers, userCodeLog),
				new PongMatchers(name, settings, settings::getPongMatchers, userCodeLog),
				new ReconnectPolicies(name, settings::getReconnectPolicies, userCodeLog), connector, connectLimiter,
				userCodeLog, null, resources);
	}

	public static TlsSource noBundles() {
		return (bundle, reloads) -> {
			throw new IllegalStateException("No bundle '" + bundle + "'");
		};
	}

}
