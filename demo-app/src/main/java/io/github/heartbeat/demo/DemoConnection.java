package io.github.heartbeat.demo;

import java.io.IOException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;

import org.springframework.util.Assert;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * A connection, from the side of the demo server. Freezing and dropping are Tomcat's, as
 * the Jakarta API knows polite ends only.
 */
final class DemoConnection {

	private static final Log logger = LogFactory.getLog(DemoConnection.class);

	private static final int SEND_TIME_LIMIT = 1000;

	private static final int BUFFER_SIZE_LIMIT = 64 * 1024;

	/** Prices and answers are sent from different threads. */
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

	private synchronized boolean isFrozen() {
		return this.frozen;
	}

	/**
	 * Read and write nothing any more, not even answers to pings and closes. No thread
	 * waits.
	 */
	synchronized void freeze() {
		if (!this.frozen) {
			this.frozen = true;
			this.socket.suspend();
		}
	}

	/**
	 * Read on, which also finds out whether the client is still there.
	 */
	synchronized void thaw() {
		if (this.frozen) {
			this.frozen = false;
			this.socket.resume();
		}
	}

	/**
	 * Close the socket without a close frame: Tomcat writes that of a normal close within
	 * the blocking send timeout, and closes the socket at once where that is over before
	 * it began.
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
