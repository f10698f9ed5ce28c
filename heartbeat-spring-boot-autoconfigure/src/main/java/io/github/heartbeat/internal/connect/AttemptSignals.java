package io.github.heartbeat.internal.connect;

import java.net.URI;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.container.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What can happen to an attempt. The receiver drops the signals of an attempt that is not
 * the current one. Safe from any thread; no signal blocks or throws.
 */
public interface AttemptSignals {

	/**
	 * The handshake is prepared.
	 * @param url where to connect to, as handshake customizers have left it
	 * @return whether to connect now; else the attempt is over, or it is run again when
	 * there is a permit for that origin
	 */
	boolean prepared(ConnectionAttempt attempt, URI url);

	/**
	 * The handshake is done.
	 * @return the connection, or {@code null} if the attempt is not the current one or
	 * the connection could not be set up: the caller drops the link
	 */
	@Nullable Connection opened(ConnectionAttempt attempt, Transport transport);

	/**
	 * The attempt failed, or the connection that it became.
	 */
	void failed(ConnectionAttempt attempt, HeartbeatConnectionException cause);

	/**
	 * The container reports the end of the session.
	 */
	void closed(ConnectionAttempt attempt, CloseStatus status);

}
