package io.github.heartbeat.demo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * An endpoint of the demo server that can misbehave.
 */
abstract class DemoEndpoint extends TextWebSocketHandler {

	private final Map<String, DemoConnection> connections = new ConcurrentHashMap<>();

	private volatile boolean silent;

	/**
	 * Return the answer to a message.
	 * @param text the message
	 * @return the answer or {@code null} for none
	 */
	abstract @Nullable String answer(String text);

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		this.connections.put(session.getId(), new DemoConnection(session));
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		this.connections.remove(session.getId());
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) {
		DemoConnection connection = this.connections.get(session.getId());
		String answer = answer(message.getPayload());
		if (connection != null && answer != null && !this.silent) {
			connection.send(answer);
		}
	}

	void push(String text) {
		if (!this.silent) {
			this.connections.values().forEach((connection) -> connection.send(text));
		}
	}

	void setSilent(boolean silent) {
		this.silent = silent;
	}

	void drop() {
		this.connections.values().forEach(DemoConnection::drop);
	}

	void freeze() {
		this.connections.values().forEach(DemoConnection::freeze);
	}

	void thaw() {
		this.connections.values().forEach(DemoConnection::thaw);
	}

	int connections() {
		return this.connections.size();
	}

}
