package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * The client gave up.
 *
 * @since 0.1.0
 */
public final class HeartbeatExhaustedEvent extends HeartbeatEvent {

	private final int attempts;

	private final HeartbeatConnectionException cause;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param attempts how many attempts failed in a row
	 * @param cause why the last one failed, without secrets
	 */
	public HeartbeatExhaustedEvent(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
		super(client);
		this.attempts = attempts;
		this.cause = cause;
	}

	/**
	 * Return how many attempts failed in a row.
	 * @return how many attempts failed in a row
	 */
	public int getAttempts() {
		return this.attempts;
	}

	/**
	 * Return why the last one failed, without secrets.
	 * @return why the last one failed, without secrets
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

}
