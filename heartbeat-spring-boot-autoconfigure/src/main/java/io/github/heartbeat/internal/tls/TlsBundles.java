package io.github.heartbeat.internal.tls;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of all clients.
 */
public final class TlsBundles {

	private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();

	private final TlsSource source;

	public TlsBundles(TlsSource source) {
		this.source = source;
	}

	/**
	 * Return the TLS that settings ask for. May load a bundle.
	 * @return the TLS or {@code null} for the default
	 * @throws io.github.heartbeat.InvalidHeartbeatSettingException if there is no such
	 * bundle or it cannot be used
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
	 * A client is there, whose bundle has been asked for.
	 */
	public void add(HeartbeatClient client) {
		HeartbeatClientSettings settings = client.getSettings();
		if (settings.getSslBundle() != null && settings.isSslReconnectOnReload()) {
			bundle(settings.getSslBundle()).add(client);
		}
	}

	/**
	 * A client is gone.
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
	 * The TLS of an {@link SSLContext}, which two clients share if it is the same one.
	 */
	private record Fixed(Tls current) implements TlsHolder {
	}

}
