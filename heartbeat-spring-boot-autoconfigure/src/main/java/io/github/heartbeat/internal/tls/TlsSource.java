package io.github.heartbeat.internal.tls;

import java.util.function.Consumer;

import io.github.heartbeat.InvalidHeartbeatSettingException;

/**
 * Where the TLS of {@code ssl.bundle} comes from.
 */
@FunctionalInterface
public interface TlsSource {

	/**
	 * Return the TLS of a bundle, and be told of later ones. There is no way to
	 * unsubscribe, so this is called once for each bundle.
	 * @param bundle the name of the bundle
	 * @param reloads told of each reload that can be used, on any thread; may wait until
	 * this call is over
	 * @return the TLS of the bundle as it is now
	 * @throws InvalidHeartbeatSettingException if it cannot be used; then nobody has
	 * subscribed
	 */
	Tls subscribe(String bundle, Consumer<Tls> reloads);

}
