package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Logs in at a server that echoes: the session is ready when the login comes back.
 */
final class EchoLogin implements HeartbeatSessionInitializer {

	static final String LOGIN = "login";

	private final String login;

	EchoLogin() {
		this(LOGIN);
	}

	EchoLogin(String login) {
		this.login = login;
	}

	@Override
	public void initialize(HeartbeatSession session) {
		session.send(this.login);
	}

	@Override
	public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
		if (!this.login.equals(message.getPayload())) {
			return false;
		}
		session.ready();
		return true;
	}

}
