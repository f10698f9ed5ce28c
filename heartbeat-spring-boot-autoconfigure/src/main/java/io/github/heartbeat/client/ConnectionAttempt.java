package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One attempt to connect, and the handler of the session if it succeeds. It passes on
 * what it sees with its number, and never throws into the container, which would close
 * the session.
 */
final class ConnectionAttempt implements WebSocketHandler {

	private static final Log logger = LogFactory.getLog(ConnectionAttempt.class);

	private final long number;

	private final Connector connector;

	private final ConnectionSignals signals;

	private final Object threadMonitor = new Object();

	private final ConnectQueue connects;

	private @Nullable Thread connecting;

	private boolean over;

	private volatile @Nullable Connection connection;

	ConnectionAttempt(long number, Connector connector, ConnectionSignals signals, ConnectQueue connects) {
		this.number = number;
		this.connector = connector;
		this.signals = signals;
		this.connects = connects;
	}

	/**
	 * Connect, on this thread.
	 */
	void run() {
		try {
			if (begin()) {
				HeartbeatConnectionException failure = connect();
				if (failure != null) {
					this.signals.failed(this.number, failure);
				}
			}
		}
		finally {
			this.connects.finished(this);
		}
	}

	/**
	 * When this returns, nobody interrupts this thread any more.
	 */
	private @Nullable HeartbeatConnectionException connect() {
		try {
			this.connector.connect(this);
			return null;
		}
		catch (HeartbeatConnectionException ex) {
			return ex;
		}
		catch (Throwable ex) {
			logger.debug("Attempt failed", ex);
			return new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
					"The attempt failed (" + ex.getClass().getSimpleName() + ")");
		}
		finally {
			leave();
			logger.trace(Thread.interrupted() ? "Attempt was given up" : "Attempt is over");
		}
	}

	/**
	 * Whether the attempt has been given up or has succeeded.
	 */
	boolean isOver() {
		synchronized (this.threadMonitor) {
			return this.over;
		}
	}

	private boolean begin() {
		synchronized (this.threadMonitor) {
			if (!this.over) {
				this.connecting = Thread.currentThread();
			}
			return !this.over;
		}
	}

	private void leave() {
		synchronized (this.threadMonitor) {
			this.over = true;
			this.connecting = null;
		}
	}

	/**
	 * Give the attempt up. A session that comes all the same is dropped.
	 */
	void cancel() {
		synchronized (this.threadMonitor) {
			this.over = true;
			if (this.connecting != null) {
				abandon(this.connecting);
				this.connecting = null;
			}
		}
	}

	private void abandon(Thread connecting) {
		try {
			this.connector.abandon(connecting);
		}
		catch (RuntimeException ex) {
			logger.debug("Could not abandon the attempt", ex);
		}
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		leave();
		Link link = this.connector.link(session);
		Connection connection = this.signals.opened(this.number, link);
		if (connection == null) {
			drop(link);
		}
		else {
			this.connection = connection;
			connection.start();
		}
		this.connects.finished(this);
	}

	private void drop(Link link) {
		try {
			link.abort();
		}
		catch (RuntimeException ex) {
			logger.debug("Could not drop " + link, ex);
		}
	}

	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
		Connection connection = this.connection;
		if (connection != null) {
			connection.received(message);
		}
	}

	@Override
	public void handleTransportError(WebSocketSession session, Throwable exception) {
		logger.debug("Transport error", exception);
		Connection connection = this.connection;
		if (connection != null) {
			connection.lost("The connection was lost");
		}
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		if (this.connector.isTooLarge(status)) {
			this.signals.messageTooLarge(this.number);
			return;
		}
		this.signals.closed(this.number, status);
	}

	@Override
	public boolean supportsPartialMessages() {
		return true;
	}

}
