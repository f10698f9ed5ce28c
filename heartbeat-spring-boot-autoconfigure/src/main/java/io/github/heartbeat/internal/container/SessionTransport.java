package io.github.heartbeat.internal.container;

import java.io.IOException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * A link by means of the Jakarta API alone, for containers that are not known better. Its
 * abort is a close, which a container may turn into a wait.
 */
public class SessionTransport implements Transport {

	private final WebSocketSession session;

	public SessionTransport(WebSocketSession session) {
		this.session = session;
	}

	public static <T> T nativeSession(WebSocketSession session, Class<T> type) {
		T nativeSession = ((NativeWebSocketSession) session).getNativeSession(type);
		if (nativeSession == null) {
			throw new IllegalStateException("Session is no " + type.getName());
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
			throw new IllegalStateException("Could not close the session", ex);
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
