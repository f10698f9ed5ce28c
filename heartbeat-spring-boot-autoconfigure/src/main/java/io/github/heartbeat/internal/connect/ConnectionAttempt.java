package io.github.heartbeat.internal.connect;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.container.SessionTransport;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.observe.AttemptObservation;
import io.github.heartbeat.internal.runtime.EngineLog;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One attempt to connect and, if it succeeds, the handler of the session. It forwards
 * events and never throws into the container, which would close the session.
 */
public final class ConnectionAttempt implements WebSocketHandler {

	private static final EngineLog logger = EngineLog.of(ConnectionAttempt.class);

	private final Connector connector;

	private final AttemptSignals signals;

	private final Object threadMonitor = new Object();

	private final ConnectQueue connects;

	private final AttemptObservation observation;

	private final Runnable cancellation = this::cancel;

	@GuardedBy("threadMonitor")
	private @Nullable Thread connecting;

	/** Written under the monitor. */
	private volatile boolean over;

	/** Whether the thread of a cancelled attempt is still to be released. */
	private volatile boolean cancelPending;

	/** The thread that runs the attempt or ran it last. */
	private volatile @Nullable Thread runner;

	/**
	 * The prepared handshake, while the attempt waits for a permit. Confined to the
	 * thread that runs the attempt.
	 */
	private @Nullable HeartbeatHandshake handshake;

	private volatile @Nullable Connection connection;

	private volatile @Nullable AccessToken token;

	public ConnectionAttempt(Connector connector, AttemptSignals signals, ConnectQueue connects,
			AttemptObservation observation) {
		this.observation = observation;
		this.connector = connector;
		this.signals = signals;
		this.connects = connects;
	}

	public AttemptObservation observation() {
		return this.observation;
	}

	/**
	 * Connect on this thread. Called again if the attempt had to wait for a permit.
	 */
	void run() {
		this.runner = Thread.currentThread();
		try {
			if (begin()) {
				HeartbeatConnectionException failure = connect();
				if (failure != null) {
					this.signals.failed(this, failure);
				}
			}
		}
		finally {
			this.connects.finished(this);
		}
	}

	/**
	 * Connect. Once this method has returned, cancelling the attempt does not interrupt
	 * the thread.
	 */
	private @Nullable HeartbeatConnectionException connect() {
		boolean over = true;
		try {
			HeartbeatHandshake handshake = this.handshake;
			this.handshake = null;
			if (handshake == null) {
				this.observation.start();
				handshake = this.connector.prepare(this);
				this.observation.handshakePrepared(handshake);
				this.handshake = handshake;
				if (!this.signals.prepared(this, handshake.getUrl())) {
					over = false;
					return null;
				}
				this.handshake = null;
			}
			this.connector.connect(this, handshake);
			return null;
		}
		catch (HeartbeatConnectionException ex) {
			return ex;
		}
		catch (Throwable ex) {
			logger.debug("Attempt failed", ex);
			return new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
					"The attempt failed (" + ex.getClass().getName() + ")");
		}
		finally {
			leave(over);
			logger.trace(Thread.interrupted() ? "Attempt was given up" : "Attempt gives its thread back");
		}
	}

	/**
	 * Return the access token of the handshake, or {@code null} if it has none.
	 */
	public @Nullable AccessToken token() {
		return this.token;
	}

	void setToken(AccessToken token) {
		this.token = token;
	}

	/**
	 * Whether a live thread has begun to run the attempt.
	 */
	boolean hasThread() {
		Thread runner = this.runner;
		return runner != null && runner.isAlive();
	}

	/**
	 * Prevent the attempt from beginning.
	 */
	void giveUp() {
		synchronized (this.threadMonitor) {
			this.over = true;
		}
	}

	/**
	 * Whether the attempt was cancelled or has succeeded.
	 */
	boolean isOver() {
		return this.over;
	}

	private boolean begin() {
		synchronized (this.threadMonitor) {
			if (!this.over) {
				this.connecting = Thread.currentThread();
			}
			return !this.over;
		}
	}

	private void leave(boolean over) {
		synchronized (this.threadMonitor) {
			this.over = this.over || over;
			this.connecting = null;
			this.cancelPending = false;
		}
	}

	/**
	 * Cancel the attempt. A session that is still established is dropped.
	 */
	public void cancel() {
		synchronized (this.threadMonitor) {
			this.over = true;
			this.cancelPending = this.connecting != null;
			if (this.connecting != null && abandon(this.connecting)) {
				this.connecting = null;
				this.cancelPending = false;
			}
		}
	}

	/**
	 * Return a task that cancels the attempt.
	 */
	public Runnable cancellation() {
		return this.cancellation;
	}

	/**
	 * Whether the attempt was cancelled and its thread is still to be released.
	 */
	boolean isCancelPending() {
		return this.cancelPending;
	}

	private boolean abandon(Thread connecting) {
		try {
			this.connector.abandon(connecting);
			return true;
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Could not abandon the attempt", ex);
			return false;
		}
	}

	/**
	 * Must not throw. Otherwise the container would close the session, possibly after the
	 * next attempt has begun.
	 */
	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		leave(true);
		Transport transport = null;
		try {
			transport = this.connector.transport(session);
			this.connector.check(transport);
			this.connection = this.signals.opened(this, transport);
		}
		catch (HeartbeatConnectionException ex) {
			this.signals.failed(this, ex);
		}
		catch (Throwable ex) {
			logger.debug("The session could not be taken over", ex);
			this.signals.failed(this, new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
					"The session could not be taken over (" + ex.getClass().getName() + ")"));
		}
		finally {
			if (this.connection == null) {
				drop((transport != null) ? transport : new SessionTransport(session));
			}
			this.connects.finished(this);
		}
	}

	private void drop(Transport transport) {
		try {
			transport.abort();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Could not drop " + transport, ex);
		}
	}

	/**
	 * A message that cannot be delivered ends the connection, so that it is not lost
	 * silently.
	 */
	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
		Connection connection = this.connection;
		if (connection == null) {
			return;
		}
		try {
			connection.received(message);
		}
		catch (Throwable ex) {
			logger.debug("A message could not be delivered", ex);
			connection.lost("A message could not be delivered");
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
		Connection connection = this.connection;
		if (connection != null && this.connector.isTooLarge(status)) {
			connection.tooLarge();
		}
		else {
			this.signals.closed(this, status);
		}
	}

	@Override
	public boolean supportsPartialMessages() {
		return true;
	}

}
