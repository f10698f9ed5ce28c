package io.github.heartbeat;

import java.time.Duration;

import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Listener that is called directly for the hooks of a client. It has less overhead than
 * application events. Beans of this type are called in order, before the methods with
 * {@link io.github.heartbeat.annotation.HeartbeatMessageListener @HeartbeatMessageListener}
 * and before the events are published.
 * <p>
 * The hooks of one client run one at a time and in order, never on the timer thread.
 * Hooks of different clients run concurrently. Heartbeats are still sent while a hook
 * runs, but no further data is read from the connection. A hook can call all methods of
 * {@link HeartbeatClient} and {@link HeartbeatClients}. Hooks that result from such calls
 * run after it. An exception in a hook is logged and reported to {@link #onError}; the
 * connection stays open.
 *
 * @since 0.1.0
 */
public interface HeartbeatListener {

	/**
	 * Return whether this listener supports a client. Called once for each client.
	 * @param clientName the name of the client
	 * @return whether to call this listener for the client
	 */
	default boolean supports(String clientName) {
		return true;
	}

	/**
	 * Called when the handshake is complete. Until this hook returns, only heartbeats,
	 * the texts of {@code send.on-open} and messages that are sent on this thread are
	 * written. Subscriptions follow, then all other messages. The hook can wait for the
	 * futures of its messages, which do not count towards {@code send.queue-messages} and
	 * {@code send.queue-bytes}.
	 * @param client the client
	 * @param session a view of the new session
	 * @param reconnect whether the client was connected before, since it was opened
	 */
	default void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
	}

	/**
	 * Called when a complete text or binary message was received.
	 * @param client the client
	 * @param message the message; a binary message has a separate read-only buffer for
	 * this listener
	 */
	default void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
	}

	/**
	 * Called when an attempt failed, the connection was lost, a message was too large or
	 * a listener threw an exception.
	 * @param client the client
	 * @param cause the error
	 */
	default void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
	}

	/**
	 * Called once for each open connection when it ended.
	 * @param client the client
	 * @param status the close status
	 * @param initiator the side that ended the connection
	 */
	default void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
	}

	/**
	 * Called when a reconnect was scheduled. The wait has already started.
	 * @param client the client
	 * @param attempt the number of the attempt since the last proven connection, starting
	 * at 1
	 * @param wait the wait before the attempt
	 * @param cause the reason for the reconnect
	 */
	default void onReconnect(HeartbeatClient client, int attempt, Duration wait, HeartbeatConnectionException cause) {
	}

	/**
	 * Called when the client gave up.
	 * @param client the client
	 * @param attempts the number of reconnect attempts since the last proven connection
	 * @param cause the reason why the last attempt failed
	 */
	default void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
	}

	/**
	 * Called when this replica acquired the lease of a led client, before the first
	 * attempt.
	 * @param client the client
	 * @param lease the lease
	 * @param standby how long the client stood by
	 */
	default void onLeaseGranted(HeartbeatClient client, HeartbeatLease lease, Duration standby) {
	}

	/**
	 * Called when this replica lost the lease of a led client or gave it back, after the
	 * close hook of its connection. No hook follows until the lease is granted again.
	 * @param client the client
	 * @param lease the lease
	 * @param reason the reason
	 */
	default void onLeaseLost(HeartbeatClient client, HeartbeatLease lease, HeartbeatLeaseLostReason reason) {
	}

}
