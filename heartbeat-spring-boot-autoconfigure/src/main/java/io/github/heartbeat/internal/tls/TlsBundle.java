package io.github.heartbeat.internal.tls;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.HeartbeatClient;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * An SSL bundle that at least one client has used. It subscribes once and stays until
 * shutdown, even if all its clients are removed, because a source has no way to
 * unsubscribe.
 */
final class TlsBundle implements TlsHolder {

	private final Set<HeartbeatClient> reconnecting = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Tls tls;

	private boolean closed;

	/**
	 * Synchronized so that a concurrent reload waits: it is newer than the result of the
	 * subscription.
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
	 * Reconnect the client after each reload.
	 */
	void add(HeartbeatClient client) {
		this.reconnecting.add(client);
	}

	void remove(HeartbeatClient client) {
		this.reconnecting.remove(client);
	}

	/**
	 * Release all references, because the source keeps a reference to this bundle.
	 */
	synchronized void close() {
		this.closed = true;
		this.tls = null;
		this.reconnecting.clear();
	}

}
