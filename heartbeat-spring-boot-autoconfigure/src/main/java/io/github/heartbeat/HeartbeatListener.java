package io.github.heartbeat;

import java.time.Duration;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * The hooks of a client, called directly: the cheapest way to listen. Any number of beans
 * of this type may exist; they are called in their order, before the application events
 * are published.
 * <p>
 * The hooks of one client run one at a time and in order, never on the timer thread.
 * Hooks of different clients run concurrently. A hook may take its time: heartbeats go
 * out meanwhile, but nothing more is read from the connection. A hook may call every
 * method of {@link HeartbeatClient} and {@link HeartbeatClients}; what results from that
 * runs after it. A hook that throws costs nothing but an {@link #onError error}.
 *
 * @since 0.1.0
 */
public interface HeartbeatListener {

	/**
	 * Whether this listener wants the hooks of a client. Asked once for each client.
	 * @param clientName the name of the client
	 * @return whether to call this listener
	 */
	default boolean supports(String clientName) {
		return true;
	}

	/**
	 * The handshake is done. Until this hook is over, nothing goes out on the connection
	 * but heartbeats and what is sent on this thread: a greeting or a re-subscription
	 * comes before everything else, may be waited for here, and is not subject to
	 * {@code send.queue-messages} and {@code send.queue-bytes}.
	 * @param client the client
	 * @param session a view of the new session
	 * @param reconnect whether the client had been connected before, since it was opened
	 */
	default void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
	}

	/**
	 * A complete text or binary message arrived.
	 * @param client the client
	 * @param message the message; the buffer of a binary one is read-only and this
	 * listener's own
	 */
	default void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
	}

	/**
	 * An attempt failed, the connection broke, a message was too large or a listener
	 * threw.
	 * @param client the client
	 * @param cause what happened
	 */
	default void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
	}

	/**
	 * An opened connection ended. Called once for each.
	 * @param client the client
	 * @param status the close status
	 * @param initiator who ended it
	 */
	default void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
	}

	/**
	 * A reconnect was scheduled. Its wait already runs.
	 * @param client the client
	 * @param attempt the number of the attempt since the last proven connection, from 1
	 * @param wait how long it waits
	 * @param cause why
	 */
	default void onReconnect(HeartbeatClient client, int attempt, Duration wait, HeartbeatConnectionException cause) {
	}

	/**
	 * The client gave up.
	 * @param client the client
	 * @param attempts how many attempts failed in a row
	 * @param cause why the last one failed
	 */
	default void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
	}

}
