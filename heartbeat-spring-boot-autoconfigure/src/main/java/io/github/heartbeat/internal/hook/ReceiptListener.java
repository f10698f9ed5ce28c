package io.github.heartbeat.internal.hook;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatListener;

import org.springframework.web.socket.WebSocketMessage;

/**
 * A listener that also receives the time at which a message was read. The engine has read
 * a clock for the heartbeat already, so the listener need not read another one.
 */
public interface ReceiptListener extends HeartbeatListener {

	/**
	 * A complete text or binary message arrived. Called instead of
	 * {@link #onMessage(HeartbeatClient, WebSocketMessage)}.
	 * @param client the client
	 * @param message the message
	 * @param receivedAt the time at which the last fragment of the message was read from
	 * the connection, in milliseconds since the epoch; it follows a change of the system
	 * clock within a second
	 */
	void onMessage(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt);

}
