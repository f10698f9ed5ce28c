package io.github.heartbeat;

import java.time.Duration;

/**
 * Decides after each failure whether and when to connect again, instead of the
 * {@code reconnect-*} settings. Beans of this type are called in order until one decides.
 * If none decides, the settings do. Policies are not called if {@code stop-on.*} or
 * {@code repeat-limit} ends the attempts, nor for {@link HeartbeatClient#reconnect()}.
 * <p>
 * A policy is called on a hook thread and without a lock. The wait counts from the
 * failure, so the time that the policy takes is part of it. The reconnect hook is queued
 * after the policy has returned. If a policy throws an exception or does not return
 * within {@code connect-timeout}, the settings decide.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatReconnectPolicy {

	/**
	 * Decide whether and when to make the next attempt.
	 * @param clientName the name of the client
	 * @param attempt the number of the attempt since the last proven connection, starting
	 * at 1
	 * @param elapsed the time since the last proven connection was lost, or since the
	 * client was opened if there was none
	 * @param cause the reason why the last attempt or connection failed
	 * @return the decision, which may be {@link HeartbeatReconnectDecision#undecided()}
	 */
	HeartbeatReconnectDecision decide(String clientName, int attempt, Duration elapsed,
			HeartbeatConnectionException cause);

}
