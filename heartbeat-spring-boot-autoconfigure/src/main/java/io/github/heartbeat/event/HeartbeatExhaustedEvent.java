package io.github.heartbeat.event;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * Published when the client gave up.
 *
 * @since 0.1.0
 */
public final class HeartbeatExhaustedEvent extends HeartbeatEvent {

	private final int attempts;

	private final HeartbeatConnectionException cause;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param attempts the number of consecutive failed attempts
	 * @param cause the reason why the last attempt failed, without secrets
	 */
	public HeartbeatExhaustedEvent(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
		super(client);
		this.attempts = attempts;
		this.cause = cause;
	}

	/**
	 * Return the number of consecutive failed attempts.
	 * @return the number of attempts
	 */
	public int getAttempts() {
		return this.attempts;
	}

	/**
	 * Return the reason why the last attempt failed, without secrets.
	 * @return the reason
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

	@Override
	String details() {
		return "attempts=" + this.attempts + ", cause=" + describe(this.cause);
	}

}
