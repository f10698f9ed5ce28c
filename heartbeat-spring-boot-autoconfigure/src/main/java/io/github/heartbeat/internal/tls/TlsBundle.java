package io.github.heartbeat.internal.tls;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.HeartbeatClient;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A bundle in use. It stays for good, subscribed once, while clients come and go: nobody
 * can unsubscribe from its source.
 */
final class TlsBundle implements TlsHolder {

	private final Set<HeartbeatClient> reconnecting = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Tls tls;

	private boolean closed;

	/**
	 * A reload that comes meanwhile waits, since it is the later one.
	 */
	synchronized void subscribe(String name, TlsSource source) {
		this.tls = source.subscribe(name, this::reloaded);
	}

	private void reloaded(Tls tls) {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.tls = tls;
		}
		this.reconnecting.forEach(HeartbeatClient::reconnect);
	}

	@Override
	public Tls current() {
		Tls tls = this.tls;
		Assert.state(tls != null, "The clients are shut down");
		return tls;
	}

	/**
	 * Reconnect a client after each reload.
	 */
	void add(HeartbeatClient client) {
		this.reconnecting.add(client);
	}

	void remove(HeartbeatClient client) {
		this.reconnecting.remove(client);
	}

	/**
	 * Let go of everything, for the source will hold on to this.
	 */
	synchronized void close() {
		this.closed = true;
		this.tls = null;
		this.reconnecting.clear();
	}

}
