package io.github.heartbeat.observation;

import io.github.heartbeat.HeartbeatClient;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Context of the observation of a message that is delivered to the listeners. Its carrier
 * is the message. WebSocket messages have no headers, so no trace context is read from
 * it.
 *
 * @since 0.1.0
 */
public final class HeartbeatMessageObservationContext extends ReceiverContext<WebSocketMessage<?>> {

	private final HeartbeatClient client;

	/**
	 * Create a context.
	 * @param client the client that received the message
	 * @param message the message
	 */
	public HeartbeatMessageObservationContext(HeartbeatClient client, WebSocketMessage<?> message) {
		super((carrier, key) -> null, Kind.CONSUMER);
		this.client = client;
		setCarrier(message);
	}

	/**
	 * Return the client that received the message.
	 * @return the client
	 */
	public HeartbeatClient getClient() {
		return this.client;
	}

}
