package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * An attempt failed, the connection broke, a message was too large or a listener threw.
 *
 * @since 0.1.0
 */
public final class HeartbeatErrorEvent extends HeartbeatEvent {

	private final HeartbeatConnectionException cause;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param cause what happened, without secrets
	 */
	public HeartbeatErrorEvent(HeartbeatClient client, HeartbeatConnectionException cause) {
		super(client);
		this.cause = cause;
	}

	/**
	 * Return what happened, without secrets.
	 * @return what happened, without secrets
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

}
