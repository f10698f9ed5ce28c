package io.github.heartbeat.internal.container;

import java.io.IOException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * A transport that uses only the Jakarta API, for containers other than Tomcat's and
 * Jetty's. Its abort closes the session, which can block in some containers.
 */
public class SessionTransport implements Transport {

	private final WebSocketSession session;

	public SessionTransport(WebSocketSession session) {
		this.session = session;
	}

	protected static <T> T nativeSession(WebSocketSession session, Class<T> type) {
		T nativeSession = ((NativeWebSocketSession) session).getNativeSession(type);
		if (nativeSession == null) {
			throw new IllegalStateException("Session is not a " + type.getName());
		}
		return nativeSession;
	}

	@Override
	public void write(WebSocketMessage<?> message) throws IOException {
		this.session.sendMessage(message);
	}

	@Override
	public void close(CloseStatus status, long timeoutMillis) throws IOException {
		this.session.close(status);
	}

	@Override
	public boolean isSocketClosed() {
		return !this.session.isOpen();
	}

	@Override
	public void abort() {
		try {
			this.session.close(CloseStatus.GOING_AWAY);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Failed to close the session", ex);
		}
	}

	@Override
	public WebSocketSession session() {
		return this.session;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName() + " " + this.session.getId();
	}

}
