package io.github.heartbeat.event;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * A reconnect was scheduled. Its wait already runs.
 *
 * @since 0.1.0
 */
public final class HeartbeatReconnectEvent extends HeartbeatEvent {

	private final int attempt;

	private final Duration wait;

	private final HeartbeatConnectionException cause;

	/**
	 * Create a new event.
	 * @param client the client
	 * @param attempt the number of the attempt since the last proven connection, from 1
	 * @param wait how long it waits
	 * @param cause why, without secrets
	 */
	public HeartbeatReconnectEvent(HeartbeatClient client, int attempt, Duration wait,
			HeartbeatConnectionException cause) {
		super(client);
		this.attempt = attempt;
		this.wait = wait;
		this.cause = cause;
	}

	/**
	 * Return the number of the attempt since the last proven connection, from 1.
	 * @return the number of the attempt since the last proven connection, from 1
	 */
	public int getAttempt() {
		return this.attempt;
	}

	/**
	 * Return how long it waits.
	 * @return how long it waits
	 */
	public Duration getWait() {
		return this.wait;
	}

	/**
	 * Return why, without secrets.
	 * @return why, without secrets
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

}
