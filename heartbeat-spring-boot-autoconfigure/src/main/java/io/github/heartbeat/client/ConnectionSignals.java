package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatConnectionException;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What can happen to an attempt and the connection it becomes. Every signal carries the
 * number of the attempt; those of a superseded one are dropped by the receiver. Safe from
 * any thread, and none of them blocks.
 */
interface ConnectionSignals {

	/**
	 * The handshake is done.
	 * @return the connection, or {@code null} if the attempt has been superseded: the
	 * link is the caller's to drop
	 */
	@Nullable Connection opened(long attempt, Link link);

	/**
	 * The attempt failed or the connection broke.
	 */
	void failed(long attempt, HeartbeatConnectionException cause);

	/**
	 * The container reports the end of the connection.
	 */
	void closed(long attempt, CloseStatus status);

	/**
	 * The connection is proven.
	 */
	void proven(long attempt);

	/**
	 * A heartbeat was not answered in time.
	 */
	void heartbeatTimedOut(long attempt);

	/**
	 * A message is larger than {@code max-message-size}.
	 */
	void messageTooLarge(long attempt);

	/**
	 * Something went wrong that the connection survives.
	 */
	void error(long attempt, HeartbeatConnectionException cause);

	/**
	 * The session view was closed.
	 */
	void closedByView(long attempt, CloseStatus status);

	/**
	 * The socket of an ended connection is gone.
	 */
	void gone(long attempt);

}
