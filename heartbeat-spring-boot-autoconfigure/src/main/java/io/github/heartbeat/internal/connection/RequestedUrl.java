package io.github.heartbeat.internal.connection;

import java.net.URI;
import java.util.Map;

import io.github.heartbeat.internal.runtime.EngineLog;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * The url that a session was requested with, kept as a user property of the session:
 * Tomcat's sessions do not know it.
 */
public final class RequestedUrl {

	private static final EngineLog logger = EngineLog.of(RequestedUrl.class);

	private static final String PROPERTY = RequestedUrl.class.getName();

	private RequestedUrl() {
	}

	public static void set(Map<String, Object> userProperties, URI url) {
		userProperties.put(PROPERTY, url);
	}

	/**
	 * Remove the url from the user properties of a session.
	 * @return the url, without user info
	 */
	static @Nullable URI take(WebSocketSession session) {
		try {
			if (session instanceof NativeWebSocketSession standard
					&& standard.getNativeSession() instanceof Session jakarta
					&& jakarta.getUserProperties().remove(PROPERTY) instanceof URI url) {
				return url;
			}
		}
		catch (IllegalStateException ex) {
			logger.debug("The session is closed already", ex);
		}
		return session.getUri();
	}

}
