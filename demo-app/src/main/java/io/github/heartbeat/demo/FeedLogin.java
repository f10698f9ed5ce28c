package io.github.heartbeat.demo;

import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Logs each connection of the client {@code feed} in. The client is open when the server
 * has acknowledged the login.
 */
@Component
@ConditionalOnBooleanProperty("demo.login")
class FeedLogin implements HeartbeatSessionInitializer {

	private static final String LOGIN = "{\"type\":\"login\",\"token\":\"demo\"}";

	private static final String WELCOME = "{\"type\":\"welcome\"}";

	private final ApplicationEventPublisher events;

	FeedLogin(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public boolean supports(String clientName) {
		return clientName.equals("feed");
	}

	@Override
	public void initialize(HeartbeatSession session) {
		this.events.publishEvent(new LoginEvent(session.getClient().getName()));
		session.send(LOGIN);
	}

	@Override
	public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
		if (!message.getPayload().equals(WELCOME)) {
			return false;
		}
		session.ready();
		return true;
	}

}
