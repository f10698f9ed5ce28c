package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * Published when an attempt failed, the connection was lost, a message was too large or a
 * listener threw an exception.
 *
 * @since 0.1.0
 */
public final class HeartbeatErrorEvent extends HeartbeatEvent {

	private final HeartbeatConnectionException cause;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param cause the error, without secrets
	 */
	public HeartbeatErrorEvent(HeartbeatClient client, HeartbeatConnectionException cause) {
		super(client);
		this.cause = cause;
	}

	/**
	 * Return the error, without secrets. The exception that a listener or a handshake
	 * customizer threw is not its cause, because the message of such an exception may
	 * contain secrets. The message of the error names the class of that exception. The
	 * log has its stack frames at WARN, and the complete exception at DEBUG.
	 * @return the error
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

	@Override
	String details() {
		return "cause=" + describe(this.cause);
	}

}
