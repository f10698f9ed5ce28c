package io.github.heartbeat.internal.hook;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatListener;

import org.springframework.web.socket.WebSocketMessage;

/**
 * A listener that also receives the time at which a message was read. The engine has read
 * a clock for the heartbeat by then, so the listener does not have to read another one.
 */
public interface ReceiptListener extends HeartbeatListener {

	/**
	 * A complete text or binary message arrived. Called instead of
	 * {@link #onMessage(HeartbeatClient, WebSocketMessage)}.
	 * @param client the client
	 * @param message the message
	 * @param receivedAt when the last piece of the message was read from the connection,
	 * in milliseconds since the epoch; follows a change of the system clock within a
	 * second
	 */
	void onMessage(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt);

}
