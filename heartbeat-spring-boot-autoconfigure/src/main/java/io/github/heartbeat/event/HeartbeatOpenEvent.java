package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;

import org.springframework.web.socket.WebSocketSession;

/**
 * The handshake is done.
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
	 * @param reconnect whether the client had been connected before, since it was opened
	 */
	public HeartbeatOpenEvent(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		super(client);
		this.session = session;
		this.reconnect = reconnect;
	}

	/**
	 * Return a view of the new session.
	 * @return a view of the new session
	 */
	public WebSocketSession getSession() {
		return this.session;
	}

	/**
	 * Return whether the client had been connected before, since it was opened.
	 * @return whether the client had been connected before, since it was opened
	 */
	public boolean isReconnect() {
		return this.reconnect;
	}

}
