package io.github.heartbeat;

import java.time.Duration;

/**
 * Decides after each failure whether and when to connect again, in place of
 * {@code reconnect-timeout} and what belongs to it. Beans of this type are asked in their
 * order until one decides; if none does, the settings decide. Not asked where
 * {@code stop-on.*} or {@code repeat-limit} already end the attempts, nor by
 * {@link HeartbeatClient#reconnect()}.
 * <p>
 * Called on a thread for hooks, under no lock; the wait and the reconnect hook follow its
 * answer. A policy that throws, or has not answered within {@code connect-timeout},
 * leaves the decision to the settings.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatReconnectPolicy {

	/**
	 * Decide about the next attempt.
	 * @param clientName the name of the client
	 * @param attempt the number of the attempt since the last proven connection, from 1
	 * @param elapsed the time since the last proven connection was lost, or since the
	 * client was opened where there was none
	 * @param cause why the last attempt or connection failed
	 * @return the decision, which may be {@link HeartbeatReconnectDecision#undecided()}
	 */
	HeartbeatReconnectDecision decide(String clientName, int attempt, Duration elapsed,
			HeartbeatConnectionException cause);

}
