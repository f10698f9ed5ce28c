package io.github.heartbeat.metrics;

import io.github.heartbeat.HeartbeatConnectionException.Kind;

/**
 * Reason why a reconnect was scheduled, as a tag with few values.
 */
enum ReconnectCause {

	/** The server closed the connection. */
	SERVER,

	/** A heartbeat was not answered. */
	HEARTBEAT,

	/** The connection was lost, or was closed because of a message. */
	TRANSPORT,

	/** The previous attempt failed. */
	CONNECT,

	/** This side requested it. */
	MANUAL,

	/** The connection was replaced because of its age. */
	RENEWAL;

	static ReconnectCause of(Kind kind) {
		return switch (kind) {
			case CLOSED_BY_SERVER -> SERVER;
			case NO_ANSWER -> HEARTBEAT;
			case CONNECTION_LOST, WRITE_TIMEOUT, MESSAGE_TOO_LARGE, LISTENER, CONVERSION, SUBSCRIPTION, PING_MESSAGE ->
				TRANSPORT;
			case NAME_RESOLUTION, CONNECT, CONNECT_TIMEOUT, TLS, HANDSHAKE_REFUSED, HANDSHAKE_FAILED,
					HANDSHAKE_CUSTOMIZER, TOKEN, NOT_READY ->
				CONNECT;
			case RECONNECT_REQUESTED, CLOSED_BY_CLIENT -> MANUAL;
			case RENEWAL -> RENEWAL;
		};
	}

}
