package io.github.heartbeat.demo;

import java.io.IOException;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * Server side of one connection. Freezing and dropping use Tomcat classes, because the
 * Jakarta API only supports orderly closes.
 */
final class DemoConnection {

	private static final Log logger = LogFactory.getLog(DemoConnection.class);

	private static final int SEND_TIME_LIMIT = 1000;

	private static final int BUFFER_SIZE_LIMIT = 64 * 1024;

	/** Quotes and answers are sent from different threads. */
	private final WebSocketSession session;

	private final WsSession socket;

	private boolean frozen;

	DemoConnection(WebSocketSession session) {
		this.session = new ConcurrentWebSocketSessionDecorator(session, SEND_TIME_LIMIT, BUFFER_SIZE_LIMIT);
		WsSession socket = ((NativeWebSocketSession) session).getNativeSession(WsSession.class);
		Assert.state(socket != null, "The demo server runs on Tomcat only");
		this.socket = socket;
	}

	void send(String text) {
		if (isFrozen()) {
			return;
		}
		try {
			this.session.sendMessage(new TextMessage(text));
		}
		catch (IOException | IllegalStateException | SessionLimitExceededException ex) {
			logger.trace("The client has gone, which Tomcat finds out by itself", ex);
		}
	}

	/**
	 * Close the connection with a close frame.
	 * @param status the status of the close frame
	 */
	void close(CloseStatus status) {
		if (isFrozen()) {
			return;
		}
		try {
			this.session.close(status);
		}
		catch (IOException | IllegalStateException ex) {
			logger.trace("The client has gone, which Tomcat finds out by itself", ex);
		}
	}

	/**
	 * Return what an endpoint stores for the connection.
	 * @return the mutable attributes
	 */
	Map<String, Object> getAttributes() {
		return this.session.getAttributes();
	}

	private synchronized boolean isFrozen() {
		return this.frozen;
	}

	/**
	 * Stop reading and writing, including answers to pings and closes. No thread blocks.
	 */
	synchronized void freeze() {
		if (!this.frozen) {
			this.frozen = true;
			this.socket.suspend();
		}
	}

	/**
	 * Resume reading, which also detects whether the client is still connected.
	 */
	synchronized void thaw() {
		if (this.frozen) {
			this.frozen = false;
			this.socket.resume();
		}
	}

	/**
	 * Close the socket without a close frame. For a normal close, Tomcat writes the frame
	 * within the blocking send timeout. If that timeout has already expired, Tomcat
	 * closes the socket immediately.
	 */
	void drop() {
		this.socket.getUserProperties().put(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, 0L);
		try {
			this.socket.close();
		}
		catch (IOException | IllegalStateException ex) {
			logger.trace("The connection was closed already", ex);
		}
	}

}
