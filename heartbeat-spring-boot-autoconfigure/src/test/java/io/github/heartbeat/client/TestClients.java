package io.github.heartbeat.client;

import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;

/**
 * Creates the clients of a test, on platform threads.
 */
final class TestClients {

	static final int MAX_CONNECTS_PER_ORIGIN = 8;

	private TestClients() {
	}

	static DefaultHeartbeatClients create(HeartbeatContainer container) {
		return create(container, MAX_CONNECTS_PER_ORIGIN);
	}

	static DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin) {
		return create(container, maxConnectsPerOrigin, extensions(List::of, List::of, noBundles()));
	}

	static DefaultHeartbeatClients create(HeartbeatContainer container, ClientExtensions extensions) {
		return create(container, MAX_CONNECTS_PER_ORIGIN, extensions);
	}

	private static DefaultHeartbeatClients create(HeartbeatContainer container, int maxConnectsPerOrigin,
			ClientExtensions extensions) {
		return new DefaultHeartbeatClients(container, maxConnectsPerOrigin, HeartbeatClientSettings.builder(),
				extensions, false);
	}

	static ClientExtensions extensions(Supplier<List<HeartbeatListener>> listeners,
			Supplier<List<HeartbeatClientObserverFactory>> observers, TlsSource tls) {
		return new ClientExtensions(List::of, List::of, List::of, List::of, listeners, observers, tls);
	}

	static TlsSource noBundles() {
		return (bundle, reloads) -> {
			throw new IllegalStateException("No bundle '" + bundle + "'");
		};
	}

}
