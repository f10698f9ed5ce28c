package io.github.heartbeat.internal.hook;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Receives the messages of one connection, one at a time and in order.
 */
public interface MessageReceiver {

	/**
	 * A complete message arrived.
	 * @param received the time of the receipt, as of
	 * {@link io.github.heartbeat.internal.runtime.Ticker#nanoTime()}
	 */
	void message(WebSocketMessage<?> message, long received);

}
