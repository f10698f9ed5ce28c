package io.github.heartbeat.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Base class of the endpoints of the demo server. An endpoint can simulate faults.
 */
abstract class DemoEndpoint extends TextWebSocketHandler {

	private static final Log logger = LogFactory.getLog(DemoEndpoint.class);

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
	 * Handle a message of a client.
	 * @param connection the connection that received the message
	 * @param text the message
	 */
	abstract void handle(DemoConnection connection, String text);

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
		if (connection != null) {
			handle(connection, message.getPayload());
		}
	}

	/**
	 * Answer a message. A fault can delay or suppress the answer.
	 * @param answer sends the answer
	 */
	void answer(Runnable answer) {
		if (this.fault == Fault.SLOW) {
			schedule(answer, this.slowAnswer);
		}
		else if (this.fault != Fault.SILENT) {
			answer.run();
		}
	}

	/**
	 * Answer a message after a time. A fault at that time can delay or suppress the
	 * answer.
	 * @param answer sends the answer
	 * @param time the time
	 */
	void answerAfter(Duration time, Runnable answer) {
		schedule(() -> answer(answer), time);
	}

	private void schedule(Runnable task, Duration delay) {
		Instant later = this.scheduler.getClock().instant().plus(delay);
		try {
			this.scheduler.schedule(task, later);
		}
		catch (TaskRejectedException ex) {
			logger.trace("The application is ending, and so are its connections", ex);
		}
	}

	/**
	 * Send messages that are not answers, unless a fault suppresses them.
	 * @param push sends the messages of a connection
	 */
	void push(Consumer<DemoConnection> push) {
		if (this.fault != Fault.SILENT && this.fault != Fault.SLOW) {
			this.connections.values().forEach(push);
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
