package io.github.heartbeat.internal.tls;

import java.util.function.Consumer;

import io.github.heartbeat.InvalidHeartbeatSettingException;

/**
 * Source of the TLS configuration of {@code ssl.bundle}.
 */
@FunctionalInterface
public interface TlsSource {

	/**
	 * Return the TLS configuration of a bundle and subscribe to its reloads. There is no
	 * way to unsubscribe, so this is called once per bundle.
	 * @param bundle the name of the bundle
	 * @param reloads receives each usable reload, on any thread; it can block until this
	 * call returns
	 * @return the current TLS configuration of the bundle
	 * @throws InvalidHeartbeatSettingException if the bundle cannot be used; no
	 * subscription exists then
	 */
	Tls subscribe(String bundle, Consumer<Tls> reloads);

}
