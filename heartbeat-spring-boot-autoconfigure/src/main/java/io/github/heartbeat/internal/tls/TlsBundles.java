package io.github.heartbeat.internal.tls;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import org.jspecify.annotations.Nullable;

/**
 * The TLS configurations of all clients.
 */
public final class TlsBundles {

	private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();

	private final TlsSource source;

	public TlsBundles(TlsSource source) {
		this.source = source;
	}

	/**
	 * Return the TLS configuration that the settings select. May load a bundle.
	 * @return the TLS configuration, or {@code null} for the default
	 * @throws io.github.heartbeat.InvalidHeartbeatSettingException if the bundle does not
	 * exist or cannot be used
	 */
	public @Nullable TlsHolder holder(HeartbeatClientSettings settings) {
		String bundle = settings.getSslBundle();
		if (bundle != null) {
			return bundle(bundle);
		}
		SSLContext sslContext = settings.getSslContext();
		return (sslContext != null) ? new Fixed(new Tls(sslContext, List.of(), List.of())) : null;
	}

	private TlsBundle bundle(String name) {
		TlsBundle known = this.bundles.get(name);
		return (known != null) ? known : this.bundles.computeIfAbsent(name, this::subscribed);
	}

	private TlsBundle subscribed(String name) {
		TlsBundle bundle = new TlsBundle();
		bundle.subscribe(name, this.source);
		return bundle;
	}

	/**
	 * Register a client. {@link #holder} was called for its settings before.
	 */
	public void add(HeartbeatClient client) {
		HeartbeatClientSettings settings = client.getSettings();
		if (settings.getSslBundle() != null && settings.isSslReconnectOnReload()) {
			bundle(settings.getSslBundle()).add(client);
		}
	}

	/**
	 * Unregister a client.
	 */
	public void remove(HeartbeatClient client) {
		String bundle = client.getSettings().getSslBundle();
		if (bundle != null) {
			bundle(bundle).remove(client);
		}
	}

	public void close() {
		this.bundles.values().forEach(TlsBundle::close);
	}

	/**
	 * The TLS configuration of an {@link SSLContext}. Two clients with the same context
	 * share it.
	 */
	private record Fixed(Tls current) implements TlsHolder {
	}

}
