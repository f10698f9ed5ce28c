package io.github.heartbeat.internal.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPingType;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.Interrupts;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Creates the heartbeat messages of a client.
 */
public final class PingMessages {

	/** RFC 6455, section 5.5. */
	static final int MAX_CONTROL_PAYLOAD = 125;

	private final String clientName;

	private final Supplier<List<HeartbeatPingMessageSupplier>> suppliers;

	private final UserCodeLog userCodeLog;

	private final String pingMsg;

	private final HeartbeatPingType type;

	public PingMessages(String clientName, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatPingMessageSupplier>> suppliers, UserCodeLog userCodeLog) {
		this.clientName = clientName;
		this.suppliers = suppliers;
		this.userCodeLog = userCodeLog;
		this.pingMsg = settings.getPingMsg();
		this.type = settings.getPingType();
	}

	/**
	 * Return the next heartbeat. If it cannot be created as configured, return an empty
	 * ping frame, which every server answers: a broken supplier must not prevent the
	 * detection of a dead server.
	 * @param onError receives the reason of a failure
	 */
	public WebSocketMessage<?> next(Consumer<HeartbeatConnectionException> onError) {
		try {
			WebSocketMessage<?> message = message();
			String problem = problem(message);
			if (problem == null) {
				return message;
			}
			onError.accept(new HeartbeatConnectionException(Kind.PING_MESSAGE,
					"The ping message of client '" + this.clientName + "' cannot be sent: " + problem));
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.PING_MESSAGE_SUPPLIER, ex);
			onError.accept(new HeartbeatConnectionException(Kind.PING_MESSAGE,
					Callback.PING_MESSAGE_SUPPLIER.sentence(this.clientName, ex)));
		}
		return new PingMessage();
	}

	private WebSocketMessage<?> message() {
		for (HeartbeatPingMessageSupplier supplier : this.suppliers.get()) {
			WebSocketMessage<?> message = messageFrom(supplier);
			if (message != null) {
				return message;
			}
		}
		return message(this.pingMsg);
	}

	private WebSocketMessage<?> message(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return switch (this.type) {
			case TEXT -> new TextMessage(bytes);
			case BINARY -> new BinaryMessage(bytes);
			case PING -> new PingMessage(ByteBuffer.wrap(bytes));
		};
	}

	/**
	 * Return why a message cannot be sent, or {@code null} if it can be.
	 */
	private static @Nullable String problem(WebSocketMessage<?> message) {
		try {
			OutgoingMessages.requireWritable(message);
			return null;
		}
		catch (IllegalArgumentException ex) {
			return ex.getMessage();
		}
	}

	private @Nullable WebSocketMessage<?> messageFrom(HeartbeatPingMessageSupplier supplier) {
		try {
			WebSocketMessage<?> message = supplier.getPing(this.clientName);
			if (message != null) {
				return copy(message);
			}
			String text = supplier.getPingMessage(this.clientName);
			return (text != null) ? message(text) : null;
		}
		finally {
			Interrupts.clear();
		}
	}

	/**
	 * Copy a message of a user, because writing it consumes its buffer.
	 */
	private static WebSocketMessage<?> copy(WebSocketMessage<?> message) {
		if (message instanceof BinaryMessage binary) {
			return new BinaryMessage(binary.getPayload().duplicate(), binary.isLast());
		}
		if (message instanceof PingMessage ping) {
			return new PingMessage(ping.getPayload().duplicate());
		}
		return (message instanceof PongMessage pong) ? new PongMessage(pong.getPayload().duplicate()) : message;
	}

}
