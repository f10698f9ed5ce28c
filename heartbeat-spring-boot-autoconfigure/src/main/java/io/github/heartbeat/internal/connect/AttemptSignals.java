package io.github.heartbeat.internal.connect;

import java.net.URI;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.container.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The events of an attempt. The receiver drops the events of an attempt that is not the
 * current one. Safe from any thread. No method blocks or throws.
 */
public interface AttemptSignals {

	/**
	 * The handshake is prepared.
	 * @param url the url to connect to, after the handshake customizers
	 * @return whether to connect now. If not, the attempt is over or runs again when it
	 * has a permit for the origin of the url
	 */
	boolean prepared(ConnectionAttempt attempt, URI url);

	/**
	 * The handshake is done.
	 * @return the connection, or {@code null} if the attempt is not the current one or
	 * the connection could not be created, in which case the caller drops the transport
	 */
	@Nullable Connection opened(ConnectionAttempt attempt, Transport transport);

	/**
	 * The attempt failed, or the connection that it had opened failed.
	 */
	void failed(ConnectionAttempt attempt, HeartbeatConnectionException cause);

	/**
	 * The container reports the end of the session.
	 */
	void closed(ConnectionAttempt attempt, CloseStatus status);

}
