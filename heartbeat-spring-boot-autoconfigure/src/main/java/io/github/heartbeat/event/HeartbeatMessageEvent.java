package io.github.heartbeat.event;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import io.github.heartbeat.HeartbeatClient;

import org.springframework.core.ResolvableType;
import org.springframework.core.ResolvableTypeProvider;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Published when a complete text or binary message was received. The timestamp is the
 * time at which the message was read from the connection, before any wait for another
 * hook.
 *
 * @since 0.1.0
 */
public final class HeartbeatMessageEvent extends HeartbeatEvent implements ResolvableTypeProvider {

	private static final ResolvableType TYPE = ResolvableType.forClass(HeartbeatMessageEvent.class);

	private final transient WebSocketMessage<?> message;

	/**
	 * Create a new event for a message that is received now.
	 * @param client the client
	 * @param message the message
	 */
	public HeartbeatMessageEvent(HeartbeatClient client, WebSocketMessage<?> message) {
		super(client);
		this.message = message;
	}

	/**
	 * Create a new event.
	 * @param client the client
	 * @param message the message
	 * @param receivedAt the time of receipt in milliseconds since the epoch, used as the
	 * timestamp of the event
	 */
	public HeartbeatMessageEvent(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt) {
		super(client, Clock.fixed(Instant.ofEpochMilli(receivedAt), ZoneOffset.UTC));
		this.message = message;
	}

	/**
	 * Return the message.
	 * @return the text message, or a binary message with a new read-only buffer for each
	 * call
	 */
	public WebSocketMessage<?> getMessage() {
		return (this.message instanceof BinaryMessage binary)
				? new BinaryMessage(binary.getPayload().asReadOnlyBuffer()) : this.message;
	}

	/**
	 * Return the type of this class. Otherwise Spring creates a type for each message to
	 * find the listeners.
	 */
	@Override
	public ResolvableType getResolvableType() {
		return TYPE;
	}

	@Override
	String details() {
		return "bytes=" + this.message.getPayloadLength();
	}

}
