package io.github.heartbeat;

import java.time.Duration;

import io.github.heartbeat.HeartbeatSendException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Watches one client from within, for meters and histories. Unlike a
 * {@link HeartbeatListener} it is told of everything at the moment it happens, whatever
 * hooks are waiting or running.
 * <p>
 * Called on any thread, concurrently, and partly under locks of the client: an observer
 * must return at once, never block, and call neither a client nor
 * {@link HeartbeatClients}. What it throws is only logged, at DEBUG.
 *
 * @since 0.1.0
 * @see HeartbeatClientObserverFactory
 */
public interface HeartbeatClientObserver {

	/**
	 * The client got into another state. Calls come one at a time and in order.
	 * @param state the new state
	 * @param cause why, or {@code null} if the change needs no reason
	 */
	default void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
	}

	/**
	 * A connection attempt ended by itself. One that was given up by a call is not
	 * reported.
	 * @param duration how long it took
	 * @param success whether it is a connection now
	 */
	default void attemptEnded(Duration duration, boolean success) {
	}

	/**
	 * A connection ended.
	 * @param code the close code
	 * @param initiator who ended it
	 */
	default void connectionEnded(int code, HeartbeatInitiator initiator) {
	}

	/**
	 * A reconnect attempt was scheduled.
	 * @param attempt its number since the last proven connection, from 1
	 * @param wait the wait before it
	 * @param cause why
	 */
	default void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
	}

	/**
	 * A heartbeat was written.
	 */
	default void heartbeatWritten() {
	}

	/**
	 * Something was received after a heartbeat.
	 * @param roundTrip the time since the heartbeat was written
	 */
	default void heartbeatAnswered(Duration roundTrip) {
	}

	/**
	 * A complete text or binary message was received. Called for each of them, so this is
	 * the hot path.
	 */
	default void messageReceived() {
	}

	/**
	 * A message was handed to the socket.
	 */
	default void messageSent() {
	}

	/**
	 * A message was not sent. Told when its future ends.
	 * @param reason why
	 */
	default void sendFailed(Reason reason) {
	}

	/**
	 * The client was removed. What still happens to it may be reported all the same. Not
	 * called when the application ends.
	 */
	default void removed() {
	}

}
