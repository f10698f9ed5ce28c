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
 * A complete text or binary message arrived. Its timestamp is the time at which it was
 * read from the connection, before any wait for another hook.
 *
 * @since 0.1.0
 */
public final class HeartbeatMessageEvent extends HeartbeatEvent implements ResolvableTypeProvider {

	private static final ResolvableType TYPE = ResolvableType.forClass(HeartbeatMessageEvent.class);

	private final transient WebSocketMessage<?> message;

	/**
	 * Create a new event of a message that was received now.
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
	 * @param receivedAt when it was received, in milliseconds since the epoch, which is
	 * the timestamp of the event
	 */
	public HeartbeatMessageEvent(HeartbeatClient client, WebSocketMessage<?> message, long receivedAt) {
		super(client, Clock.fixed(Instant.ofEpochMilli(receivedAt), ZoneOffset.UTC));
		this.message = message;
	}

	/**
	 * Return the message.
	 * @return the text message, or a binary message with a read-only buffer of the
	 * caller's own, at its beginning
	 */
	public WebSocketMessage<?> getMessage() {
		return (this.message instanceof BinaryMessage binary)
				? new BinaryMessage(binary.getPayload().asReadOnlyBuffer()) : this.message;
	}

	/**
	 * Return the type of this class. Spring, which looks up the listeners by it, would
	 * otherwise make one for each message.
	 */
	@Override
	public ResolvableType getResolvableType() {
		return TYPE;
	}

	/**
	 * Return a text without the payload.
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName() + "[client=" + getClientName() + ", bytes=" + this.message.getPayloadLength()
				+ "]";
	}

}
