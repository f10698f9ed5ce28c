package io.github.heartbeat.metrics;

import io.github.heartbeat.HeartbeatConnectionException.Kind;

/**
 * Why a reconnect was scheduled, as few values of a tag.
 */
enum ReconnectCause {

	/** The server closed the connection. */
	SERVER,

	/** A heartbeat was not answered. */
	HEARTBEAT,

	/** The connection broke, or was ended over what came through it. */
	TRANSPORT,

	/** The attempt before failed. */
	CONNECT,

	/** This side asked for it. */
	MANUAL;

	static ReconnectCause of(Kind kind) {
		return switch (kind) {
			case CLOSED_BY_SERVER -> SERVER;
			case NO_ANSWER -> HEARTBEAT;
			case CONNECTION_LOST, WRITE_TIMEOUT, MESSAGE_TOO_LARGE, LISTENER, PING_MESSAGE -> TRANSPORT;
			case NAME_RESOLUTION, CONNECT, CONNECT_TIMEOUT, TLS, HANDSHAKE_REFUSED, HANDSHAKE_FAILED,
					HANDSHAKE_CUSTOMIZER ->
				CONNECT;
			case RECONNECT_REQUESTED, CLOSED_BY_CLIENT -> MANUAL;
		};
	}

}
