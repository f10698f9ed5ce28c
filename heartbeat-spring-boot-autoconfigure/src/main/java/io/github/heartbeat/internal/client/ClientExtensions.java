package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.tls.TlsSource;
import org.jspecify.annotations.Nullable;

/**
 * The extensions that apply to every client, each list in order. A list is resolved when
 * it is first needed, so that an extension may have the clients injected.
 *
 * @param customizers change the settings
 * @param handshakeCustomizers change each handshake
 * @param pingMessageSuppliers supply the payload of each heartbeat
 * @param sessionInitializers prepare each connection, at most one for a client
 * @param pongMatchers decide which messages are heartbeat answers
 * @param reconnectPolicies decide about each reconnect
 * @param listeners receive the hooks of the client with the name
 * @param observers create the observers of each client
 * @param converters convert between messages and objects
 * @param tls provides the SSL bundles of TLS connections
 * @param leases provides the leases of led clients
 * @param tokens provides the access tokens of handshakes
 */
public record ClientExtensions(Supplier<List<HeartbeatClientCustomizer>> customizers,
		Supplier<List<HeartbeatHandshakeCustomizer>> handshakeCustomizers,
		Supplier<List<HeartbeatPingMessageSupplier>> pingMessageSuppliers,
		Supplier<List<HeartbeatSessionInitializer>> sessionInitializers,
		Supplier<List<HeartbeatPongMatcher>> pongMatchers, Supplier<List<HeartbeatReconnectPolicy>> reconnectPolicies,
		Function<String, List<HeartbeatListener>> listeners, Supplier<List<HeartbeatClientObserverFactory>> observers,
		PayloadConverters converters, TlsSource tls, LeaseOptions leases, Supplier<@Nullable TokenSource> tokens) {

}
