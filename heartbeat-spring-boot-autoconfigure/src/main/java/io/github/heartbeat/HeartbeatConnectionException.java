package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Reason why a connection attempt failed, a connection ended or a hook reports an error.
 *
 * @since 0.1.0
 */
public final class HeartbeatConnectionException extends HeartbeatException {

	private final Kind kind;

	private final @Nullable Integer status;

	/**
	 * Create a new exception.
	 * @param kind the kind of failure
	 * @param message the message, without secrets
	 */
	public HeartbeatConnectionException(Kind kind, String message) {
		this(kind, message, null);
	}

	/**
	 * Create a new exception.
	 * @param kind the kind of failure
	 * @param message the message, without secrets
	 * @param status the HTTP status of a refused handshake, the close code of an ended
	 * connection, or {@code null}
	 */
	public HeartbeatConnectionException(Kind kind, String message, @Nullable Integer status) {
		super(message);
		this.kind = kind;
		this.status = status;
	}

	/**
	 * Return the kind of failure.
	 * @return the kind
	 */
	public Kind getKind() {
		return this.kind;
	}

	/**
	 * Return the status. It is the HTTP status for {@link Kind#HANDSHAKE_REFUSED} and the
	 * close code for an ended connection.
	 * @return the status, or {@code null} if there is none or the container does not
	 * report it
	 */
	public @Nullable Integer getStatus() {
		return this.status;
	}

	/**
	 * Kind of failure.
	 */
	public enum Kind {

		/**
		 * The host name could not be resolved.
		 */
		NAME_RESOLUTION,

		/**
		 * The TCP connection was refused (also by a proxy), reset or could not be routed.
		 */
		CONNECT,

		/**
		 * The attempt took longer than {@code connect-timeout}.
		 */
		CONNECT_TIMEOUT,

		/**
		 * The TLS handshake failed.
		 */
		TLS,

		/**
		 * The server answered the upgrade with an HTTP status other than 101.
		 */
		HANDSHAKE_REFUSED,

		/**
		 * The upgrade failed for another reason, for example an invalid answer.
		 */
		HANDSHAKE_FAILED,

		/**
		 * A {@link HeartbeatHandshakeCustomizer} threw an exception or produced an
		 * invalid handshake.
		 */
		HANDSHAKE_CUSTOMIZER,

		/**
		 * No access token could be obtained from the OAuth2 client registration. The
		 * status is that of the token endpoint.
		 */
		TOKEN,

		/**
		 * The handshake succeeded, but the session did not become ready: a
		 * {@link HeartbeatSessionInitializer} failed or did not finish within
		 * {@code connect-timeout}, or the connection ended before.
		 */
		NOT_READY,

		/**
		 * A heartbeat was not answered within {@code pong-timeout}.
		 */
		NO_ANSWER,

		/**
		 * The connection was lost without a close frame.
		 */
		CONNECTION_LOST,

		/**
		 * A write was blocked for {@code send.timeout}.
		 */
		WRITE_TIMEOUT,

		/**
		 * The server closed the connection.
		 */
		CLOSED_BY_SERVER,

		/**
		 * This side closed the connection through its session, so the client reconnects.
		 */
		CLOSED_BY_CLIENT,

		/**
		 * {@link HeartbeatClient#reconnect()} was called.
		 */
		RECONNECT_REQUESTED,

		/**
		 * The connection was as old as {@code max-connection-age}, so the client replaces
		 * it.
		 */
		RENEWAL,

		/**
		 * A message was larger than {@code max-message-size}.
		 */
		MESSAGE_TOO_LARGE,

		/**
		 * The supplier of a subscription threw an exception or supplied no message that
		 * can be sent.
		 */
		SUBSCRIPTION,

		/**
		 * A listener threw an exception.
		 */
		LISTENER,

		/**
		 * A message was not converted to the payload of a listener method, or the result
		 * of such a method was not converted to a message.
		 */
		CONVERSION,

		/**
		 * A {@link HeartbeatPingMessageSupplier} threw an exception or supplied an
		 * invalid message.
		 */
		PING_MESSAGE

	}

}
