package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;

import org.springframework.web.socket.WebSocketSession;

/**
 * Published when the handshake is complete.
 *
 * @since 0.1.0
 */
public final class HeartbeatOpenEvent extends HeartbeatEvent {

	private final WebSocketSession session;

	private final boolean reconnect;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param session a view of the new session
	 * @param reconnect whether the client was connected before, since it was opened
	 */
	public HeartbeatOpenEvent(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		super(client);
		this.session = session;
		this.reconnect = reconnect;
	}

	/**
	 * Return a view of the new session.
	 * @return the session
	 */
	public WebSocketSession getSession() {
		return this.session;
	}

	/**
	 * Return whether the client was connected before, since it was opened.
	 * @return whether this is a reconnect
	 */
	public boolean isReconnect() {
		return this.reconnect;
	}

	@Override
	String details() {
		return "reconnect=" + this.reconnect;
	}

}
