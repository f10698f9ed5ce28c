package io.github.heartbeat.internal.connection;

import io.github.heartbeat.HeartbeatConnectionException;

import org.springframework.web.socket.CloseStatus;

/**
 * The events of a connection. The receiver drops the events of a connection that is not
 * the current one. Safe from any thread. No method blocks or throws.
 */
public interface ConnectionSignals {

	/**
	 * The session initializer has decided.
	 */
	void initialized(Connection connection);

	/**
	 * The connection was lost.
	 */
	void failed(Connection connection, HeartbeatConnectionException cause);

	/**
	 * The connection is proven: a heartbeat was answered, or a message or a part of one
	 * arrived after {@code stable-after}.
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
	 * The lease of the client has ended.
	 */
	void fenced(Connection connection);

	/**
	 * An error occurred that does not end the connection.
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
