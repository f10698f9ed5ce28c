package io.github.heartbeat.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Base class of the endpoints of the demo server. An endpoint can simulate faults.
 */
abstract class DemoEndpoint extends TextWebSocketHandler {

	private final Map<String, DemoConnection> connections = new ConcurrentHashMap<>();

	private final TaskScheduler scheduler;

	private final Duration slowAnswer;

	private volatile Fault fault = Fault.NORMAL;

	/**
	 * Create an endpoint.
	 * @param scheduler sends the delayed answers
	 * @param slowAnswer the delay of a slow answer
	 */
	DemoEndpoint(TaskScheduler scheduler, Duration slowAnswer) {
		this.scheduler = scheduler;
		this.slowAnswer = slowAnswer;
	}

	/**
	 * Return the answer to a message.
	 * @param text the message
	 * @return the answer, or {@code null} if there is none
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
		if (connection == null || answer == null) {
			return;
		}
		if (this.fault == Fault.SLOW) {
			Instant later = this.scheduler.getClock().instant().plus(this.slowAnswer);
			this.scheduler.schedule(() -> connection.send(answer), later);
		}
		else if (this.fault != Fault.SILENT) {
			connection.send(answer);
		}
	}

	void push(String text) {
		if (this.fault != Fault.SILENT && this.fault != Fault.SLOW) {
			this.connections.values().forEach((connection) -> connection.send(text));
		}
	}

	void setFault(Fault fault) {
		this.fault = fault;
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
