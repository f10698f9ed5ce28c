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
 * Omits the zone of an IPv6 address from the {@code Host} header, because a zone has a
 * meaning on this machine only (RFC 6874, section 4). Both containers take the header
 * from the handshake headers if it is set. {@link StandardWebSocketClient} drops the
 * header of its caller, so this class adds it after that.
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
