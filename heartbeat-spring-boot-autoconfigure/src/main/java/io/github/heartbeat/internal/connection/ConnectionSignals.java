package io.github.heartbeat.internal.connection;

import io.github.heartbeat.HeartbeatConnectionException;

import org.springframework.web.socket.CloseStatus;

/**
 * What can happen to a connection. The receiver drops the signals of a connection that is
 * not the current one. Safe from any thread; no signal blocks or throws.
 */
public interface ConnectionSignals {

	/**
	 * The connection broke.
	 */
	void failed(Connection connection, HeartbeatConnectionException cause);

	/**
	 * The connection is proven.
	 */
	void proven(Connection connection);

	/**
	 * A heartbeat was not answered in time.
	 */
	void heartbeatTimedOut(Connection connection);

	/**
	 * A message is larger than {@code max-message-size}.
	 */
	void messageTooLarge(Connection connection);

	/**
	 * Something went wrong that the connection survives.
	 */
	void error(Connection connection, HeartbeatConnectionException cause);

	/**
	 * The session view was closed.
	 */
	void closedByView(Connection connection, CloseStatus status);

	/**
	 * The socket of an ended connection is closed.
	 */
	void socketClosed(Connection connection);

}
