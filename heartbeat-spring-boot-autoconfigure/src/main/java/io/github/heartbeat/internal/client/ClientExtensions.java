package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.internal.tls.TlsSource;

/**
 * The extensions that apply to every client, each list in order. A list is resolved when
 * it is first needed, so that an extension may have the clients injected.
 *
 * @param customizers change the settings
 * @param handshakeCustomizers change each handshake
 * @param pingMessageSuppliers supply the payload of each heartbeat
 * @param pongMatchers decide which messages are heartbeat answers
 * @param reconnectPolicies decide about each reconnect
 * @param listeners receive the hooks
 * @param observers create the observers of each client
 * @param tls provides the SSL bundles of TLS connections
 */
public record ClientExtensions(Supplier<List<HeartbeatClientCustomizer>> customizers,
		Supplier<List<HeartbeatHandshakeCustomizer>> handshakeCustomizers,
		Supplier<List<HeartbeatPingMessageSupplier>> pingMessageSuppliers,
		Supplier<List<HeartbeatPongMatcher>> pongMatchers, Supplier<List<HeartbeatReconnectPolicy>> reconnectPolicies,
		Supplier<List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
		TlsSource tls) {

}
