package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Observes the delivery of one message to the listeners.
 *
 * @since 0.1.0
 * @see HeartbeatClientObserver#messageDelivered
 */
@FunctionalInterface
public interface HeartbeatMessageObserver {

	/**
	 * Called once, after the listeners and on the same thread. An exception is logged
	 * with its stack frames and otherwise ignored.
	 * @param failure the first failure of a listener, without the message of its
	 * exception, or {@code null} if there is none
	 */
	void ended(@Nullable HeartbeatConnectionException failure);

}
