package io.github.heartbeat.test.internal;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.tls.TlsHolder;
import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Connects clients to an {@link InMemoryServer}.
 */
public final class InMemoryContainerSupport implements ContainerSupport {

	static final String CLIENT_NAME = InMemoryContainerSupport.class.getName() + ".clientName";

	private final InMemoryWebSocketContainer container;

	/**
	 * Create a container.
	 * @param server the server of all connections
	 * @param lanes creates an executor for each connection, which delivers to the client
	 * in order
	 */
	public InMemoryContainerSupport(InMemoryServer server, Supplier<Executor> lanes) {
		this.container = new InMemoryWebSocketContainer(server, lanes);
	}

	@Override
	public WebSocketContainer container(URI url, @Nullable TlsHolder tls) {
		return this.container;
	}

	@Override
	public Map<String, Object> userProperties(String clientName, HeartbeatClientSettings settings) {
		return Map.of(CLIENT_NAME, clientName);
	}

	@Override
	public Transport transport(WebSocketSession session) {
		InMemorySession nativeSession = ((NativeWebSocketSession) session).getNativeSession(InMemorySession.class);
		if (nativeSession == null) {
			throw new IllegalStateException("Not a session of this container: " + session);
		}
		return new InMemoryTransport(session, nativeSession.connection());
	}

	@Override
	public @Nullable Integer httpStatus(Throwable failure) {
		return (failure instanceof RefusedHandshakeException refused) ? refused.getStatus() : null;
	}

}
