package io.github.heartbeat;

import org.springframework.web.socket.WebSocketMessage;

/**
 * A listener that is told when messages were received. That is cheaper than to read a
 * clock, for the engine has read one already.
 *
 * @since 0.1.0
 */
public interface HeartbeatReceiptListener extends HeartbeatListener {

	/**
	 * A complete text or binary message arrived. Called instead of
	 * {@link #onMessage(HeartbeatClient, WebSocketMessage)}.
	 * @param client the client
	 * @param message the message; the buffer of a binary one is read-only and this
	 * listener's own
	 * @param receivedAt when it, or the last piece of it, was read from the connection,
	 * before any wait for another hook, in milliseconds since the epoch; if the clock of
	 * the machine is set, this follows within a second
	 */
	void onMessage(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt);

}
