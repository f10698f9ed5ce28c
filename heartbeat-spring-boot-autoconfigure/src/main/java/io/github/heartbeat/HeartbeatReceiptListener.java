package io.github.heartbeat;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Listener that gets the time at which each message was received. It avoids a second read
 * of the clock, because the client has already read it.
 *
 * @since 0.1.0
 */
public interface HeartbeatReceiptListener extends HeartbeatListener {

	/**
	 * Called when a complete text or binary message was received, instead of
	 * {@link #onMessage(HeartbeatClient, WebSocketMessage)}.
	 * @param client the client
	 * @param message the message; a binary message has a separate read-only buffer for
	 * this listener
	 * @param receivedAt the time at which the last part of the message was read from the
	 * connection, before any wait for another hook, in milliseconds since the epoch; it
	 * follows a change of the system clock within a second
	 */
	void onMessage(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt);

}
