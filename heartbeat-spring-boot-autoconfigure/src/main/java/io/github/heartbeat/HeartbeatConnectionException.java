package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection attempt failed, a connection ended or a hook reports an error.
 *
 * @since 0.1.0
 */
public final class HeartbeatConnectionException extends HeartbeatException {

	private final Kind kind;

	private final @Nullable Integer status;

	/**
	 * Create a new exception.
	 * @param kind what went wrong
	 * @param message a text without secrets
	 */
	public HeartbeatConnectionException(Kind kind, String message) {
		this(kind, message, null);
	}

	/**
	 * Create a new exception.
	 * @param kind what went wrong
	 * @param message a text without secrets
	 * @param status the HTTP status of a refused handshake, the close code of an ended
	 * connection, or {@code null}
	 */
	public HeartbeatConnectionException(Kind kind, String message, @Nullable Integer status) {
		super(message);
		this.kind = kind;
		this.status = status;
	}

	/**
	 * Return what went wrong.
	 * @return the kind
	 */
	public Kind getKind() {
		return this.kind;
	}

	/**
	 * Return the number that goes with the kind: the HTTP status for
	 * {@link Kind#HANDSHAKE_REFUSED}, the close code for an ended connection.
	 * @return the status or {@code null} where there is none or the container does not
	 * tell
	 */
	public @Nullable Integer getStatus() {
		return this.status;
	}

	/**
	 * What went wrong.
	 */
	public enum Kind {

		/**
		 * The host name could not be resolved.
		 */
		NAME_RESOLUTION,

		/**
		 * The TCP connection was refused, by a proxy as well, reset or could not be
		 * routed.
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
		 * The server answered the upgrade with another HTTP status than 101.
		 */
		HANDSHAKE_REFUSED,

		/**
		 * The upgrade failed for another reason, for example an invalid answer.
		 */
		HANDSHAKE_FAILED,

		/**
		 * A {@link HeartbeatHandshakeCustomizer} threw or left an unusable handshake.
		 */
		HANDSHAKE_CUSTOMIZER,

		/**
		 * A heartbeat was not answered within {@code pong-timeout}.
		 */
		NO_ANSWER,

		/**
		 * The connection was lost without a close frame.
		 */
		CONNECTION_LOST,

		/**
		 * A write was stuck for {@code send.timeout}.
		 */
		WRITE_TIMEOUT,

		/**
		 * The server closed the connection.
		 */
		CLOSED_BY_SERVER,

		/**
		 * This side closed the connection through its session, which asks for a new one.
		 */
		CLOSED_BY_CLIENT,

		/**
		 * {@link HeartbeatClient#reconnect()} was called.
		 */
		RECONNECT_REQUESTED,

		/**
		 * A message was larger than {@code max-message-size}.
		 */
		MESSAGE_TOO_LARGE,

		/**
		 * A listener threw.
		 */
		LISTENER,

		/**
		 * A {@link HeartbeatPingMessageSupplier} threw or supplied an unusable message.
		 */
		PING_MESSAGE

	}

}
