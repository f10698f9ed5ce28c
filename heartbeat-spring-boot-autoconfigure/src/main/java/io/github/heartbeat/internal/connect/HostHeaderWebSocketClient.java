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
 * Leaves the zone of an IPv6 address out of the {@code Host} header: it has a meaning on
 * this machine only (RFC 6874, section 4). Both containers take the header from the
 * handshake headers if it is there. {@link StandardWebSocketClient} drops the one of its
 * caller, so it is added behind that check.
 */
final class HostHeaderWebSocketClient extends StandardWebSocketClient {

	HostHeaderWebSocketClient(WebSocketContainer container) {
		super(container);
	}

	@Override
	protected CompletableFuture<WebSocketSession> executeInternal(WebSocketHandler handler, HttpHeaders headers,
			URI url, List<String> protocols, List<WebSocketExtension> extensions, Map<String, Object> attributes) {
		int zone = url.getHost().indexOf('%');
		if (zone >= 0) {
			headers.set(HttpHeaders.HOST,
					url.getHost().substring(0, zone) + "]" + ((url.getPort() != -1) ? ":" + url.getPort() : ""));
		}
		return super.executeInternal(handler, headers, url, protocols, extensions, attributes);
	}

}
