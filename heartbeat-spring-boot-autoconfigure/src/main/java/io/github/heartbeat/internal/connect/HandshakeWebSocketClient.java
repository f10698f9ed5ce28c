package io.github.heartbeat.internal.connect;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import jakarta.websocket.WebSocketContainer;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * Connects like {@link StandardWebSocketClient}, but does not log the url, whose query
 * can contain secrets. At TRACE, the superclass logs the headers of the handshake.
 * <p>
 * It omits the zone of an IPv6 address from the {@code Host} header, because a zone has a
 * meaning on this machine only (RFC 6874, section 4). Both containers take the header
 * from the handshake headers if it is set.
 * <p>
 * It offers extensions whose parameters have no value. The superclass takes them from a
 * header, which cannot have such parameters.
 */
final class HandshakeWebSocketClient extends StandardWebSocketClient {

	private final List<WebSocketExtension> extensions;

	private Map<String, Object> userProperties;

	HandshakeWebSocketClient(WebSocketContainer container, List<WebSocketExtension> extensions,
			Map<String, Object> userProperties) {
		super(container);
		this.extensions = extensions;
		this.userProperties = userProperties;
	}

	@Override
	public Map<String, Object> getUserProperties() {
		return this.userProperties;
	}

	/**
	 * Connect. {@link #execute} would log the url at DEBUG. It also drops headers of the
	 * handshake, which the settings refuse earlier.
	 */
	CompletableFuture<WebSocketSession> connect(WebSocketHandler handler, HttpHeaders headers, URI url,
			List<String> protocols) {
		int zone = url.getHost().indexOf('%');
		if (zone >= 0) {
			headers.set(HttpHeaders.HOST,
					url.getHost().substring(0, zone) + "]" + ((url.getPort() != -1) ? ":" + url.getPort() : ""));
		}
		return executeInternal(handler, headers, url, protocols, this.extensions, Map.of());
	}

	/**
	 * Release what only the handshake needs. The session references this client as long
	 * as it exists.
	 */
	void releaseHandshake() {
		this.userProperties = Map.of();
		setTaskExecutor(null);
	}

}
