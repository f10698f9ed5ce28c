package io.github.heartbeat.event;

import java.time.Duration;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;

/**
 * Published when a reconnect was scheduled. The wait has already started.
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
	 * @param attempt the number of the attempt since the last proven connection, starting
	 * at 1
	 * @param wait the wait before the attempt
	 * @param cause the reason for the reconnect, without secrets
	 */
	public HeartbeatReconnectEvent(HeartbeatClient client, int attempt, Duration wait,
			HeartbeatConnectionException cause) {
		super(client);
		this.attempt = attempt;
		this.wait = wait;
		this.cause = cause;
	}

	/**
	 * Return the number of the attempt since the last proven connection, starting at 1. A
	 * renewal ({@code max-connection-age}) does not count: its number is that of the last
	 * attempt, usually 0.
	 * @return the number of the attempt
	 */
	public int getAttempt() {
		return this.attempt;
	}

	/**
	 * Return the wait before the attempt.
	 * @return the wait
	 */
	public Duration getWait() {
		return this.wait;
	}

	/**
	 * Return the reason for the reconnect, without secrets.
	 * @return the reason
	 */
	public HeartbeatConnectionException getCause() {
		return this.cause;
	}

	@Override
	String details() {
		return "attempt=" + this.attempt + ", wait=" + this.wait.toMillis() + "ms, cause=" + describe(this.cause);
	}

}
