package io.github.heartbeat.test.internal;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

/**
 * A Jakarta WebSocket client whose connections end in an {@link InMemoryServer}.
 */
final class InMemoryWebSocketContainer implements WebSocketContainer {

	private final InMemoryServer server;

	private final Supplier<Executor> lanes;

	InMemoryWebSocketContainer(InMemoryServer server, Supplier<Executor> lanes) {
		this.server = server;
		this.lanes = lanes;
	}

	/**
	 * Connect. A handshake that the server does not answer at once returns without an
	 * open session, so that the thread is free.
	 */
	@Override
	public @Nullable Session connectToServer(Endpoint endpoint, ClientEndpointConfig config, URI url)
			throws DeploymentException {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		config.getConfigurator().beforeRequest(headers);
		List<String> protocols = new ArrayList<>(config.getPreferredSubprotocols());
		if (!(config.getUserProperties().get(InMemoryContainerSupport.CLIENT_NAME) instanceof String clientName)) {
			throw new IllegalArgumentException("Not the configuration of a HeartbeatClient");
		}
		InMemoryHandshake handshake = new InMemoryHandshake(clientName, url, headers, protocols,
				(accepted) -> open(accepted, endpoint, config));
		this.server.handshake(handshake);
		return handshake.session();
	}

	private InMemorySession open(InMemoryHandshake handshake, Endpoint endpoint, ClientEndpointConfig config) {
		List<String> protocols = handshake.protocols();
		InMemorySession session = new InMemorySession(this, handshake.url(), config.getUserProperties(),
				protocols.isEmpty() ? "" : protocols.get(0));
		InMemoryConnection connection = new InMemoryConnection(handshake.clientName(), this.server, endpoint,
				this.lanes.get(), session);
		session.connect(connection);
		this.server.connected(connection);
		endpoint.onOpen(session, config);
		connection.opened();
		return session;
	}

	@Override
	public Session connectToServer(Object endpoint, URI url) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Session connectToServer(Class<?> endpointClass, URI url) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Session connectToServer(Class<? extends Endpoint> endpointClass, ClientEndpointConfig config, URI url) {
		throw new UnsupportedOperationException();
	}

	@Override
	public long getDefaultAsyncSendTimeout() {
		return 0;
	}

	@Override
	public void setAsyncSendTimeout(long timeout) {
		throw new UnsupportedOperationException();
	}

	@Override
	public long getDefaultMaxSessionIdleTimeout() {
		return 0;
	}

	@Override
	public void setDefaultMaxSessionIdleTimeout(long timeout) {
		throw new UnsupportedOperationException();
	}

	@Override
	public int getDefaultMaxBinaryMessageBufferSize() {
		return Integer.MAX_VALUE;
	}

	@Override
	public void setDefaultMaxBinaryMessageBufferSize(int max) {
		throw new UnsupportedOperationException();
	}

	@Override
	public int getDefaultMaxTextMessageBufferSize() {
		return Integer.MAX_VALUE;
	}

	@Override
	public void setDefaultMaxTextMessageBufferSize(int max) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<Extension> getInstalledExtensions() {
		return Set.of();
	}

}
