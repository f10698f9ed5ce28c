package io.github.heartbeat;

import java.time.Duration;

import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Observes the changes of one client, for example for meters. Unlike a
 * {@link HeartbeatListener}, it is called at the moment of each change, even while hooks
 * run or wait.
 * <p>
 * Methods are called on any thread, concurrently, and partly under locks of the client.
 * They must return at once, must not block, and must call neither a client nor
 * {@link HeartbeatClients}. Exceptions are logged with their stack frames and otherwise
 * ignored.
 *
 * @since 0.1.0
 * @see HeartbeatClientObserverFactory
 */
public interface HeartbeatClientObserver {

	/**
	 * Called when the state changes. Calls of this method are in order and never
	 * concurrent.
	 * @param state the new state
	 * @param cause the failure that caused the change, or {@code null} if there is none
	 */
	default void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
	}

	/**
	 * Called when a connection attempt starts, usually on the thread of the attempt and
	 * before its handshake customizers. If the attempt ends before it has a thread, this
	 * method is called directly before the end is reported. Called under no lock of the
	 * client. Blocking delays the attempt and counts towards {@code connect-timeout}.
	 * @return the observer of the attempt, or {@code null} if it is not observed
	 */
	default @Nullable HeartbeatAttemptObserver attemptStarted() {
		return null;
	}

	/**
	 * Called when a connection attempt ended. Attempts that a method call cancels are not
	 * reported.
	 * @param duration the duration of the attempt
	 * @param success whether the attempt succeeded
	 */
	default void attemptEnded(Duration duration, boolean success) {
	}

	/**
	 * Called when a connection ended.
	 * @param code the close code
	 * @param initiator the side that ended the connection
	 */
	default void connectionEnded(int code, HeartbeatInitiator initiator) {
	}

	/**
	 * Called when a reconnect attempt was scheduled.
	 * @param attempt the number of the attempt since the last proven connection, starting
	 * at 1
	 * @param wait the wait before the attempt
	 * @param cause the reason for the reconnect
	 */
	default void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
	}

	/**
	 * Called when a heartbeat was written.
	 */
	default void heartbeatWritten() {
	}

	/**
	 * Called when data was received after a heartbeat.
	 * @param roundTrip the time since the heartbeat was written
	 */
	default void heartbeatAnswered(Duration roundTrip) {
	}

	/**
	 * Called when a complete text or binary message was received. This method is on the
	 * hot path.
	 */
	default void messageReceived() {
	}

	/**
	 * Called before a message is delivered to the listeners, on the thread that calls
	 * them and under no lock of the client. Called only if the client observes its
	 * messages ({@code observation.messages}). Blocking delays the delivery.
	 * @param message the message. The buffer of a binary message is read-only
	 * @return the observer of the delivery, or {@code null} if it is not observed
	 */
	default @Nullable HeartbeatMessageObserver messageDelivered(WebSocketMessage<?> message) {
		return null;
	}

	/**
	 * Called when a message was passed to the socket.
	 */
	default void messageSent() {
	}

	/**
	 * Called when the future of a message fails.
	 * @param reason the reason
	 */
	default void sendFailed(Reason reason) {
	}

	/**
	 * Called when this replica acquired the lease of the client.
	 */
	default void leaseGranted() {
	}

	/**
	 * Called when this replica lost the lease of the client or gave it back.
	 * @param reason the reason
	 */
	default void leaseLost(HeartbeatLeaseLostReason reason) {
	}

	/**
	 * Called when the store of the lease of the client was called.
	 * @param verb {@code acquire}, {@code renew} or {@code release}
	 * @param outcome {@code kept}, {@code refused} if another replica holds the lease, or
	 * {@code error}
	 * @param duration the duration of the call
	 */
	default void leaseStoreCalled(String verb, String outcome, Duration duration) {
	}

	/**
	 * Called when the client was removed. Other calls can still follow. Not called when
	 * the application ends.
	 */
	default void removed() {
	}

	/**
	 * Called after {@link #removed()}, when the removed client has ended: its socket is
	 * closed, none of its listeners runs, and the observers of its attempts and messages
	 * were called for the last time.
	 */
	default void terminated() {
	}

}
