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
			String text = text();
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			if (this.type != HeartbeatPingType.PING || bytes.length <= MAX_CONTROL_PAYLOAD) {
				return switch (this.type) {
					case TEXT -> new TextMessage(bytes);
					case BINARY -> new BinaryMessage(bytes);
					case PING -> new PingMessage(ByteBuffer.wrap(bytes));
				};
			}
			onError.accept(
					new HeartbeatConnectionException(Kind.PING_MESSAGE, "The ping message of client '" + this.clientName
							+ "' has " + bytes.length + " bytes, but a ping frame can carry at most 125 bytes"));
		}
		catch (Throwable ex) {
			this.userCodeLog.thrown(Callback.PING_MESSAGE_SUPPLIER, ex);
			onError.accept(new HeartbeatConnectionException(Kind.PING_MESSAGE,
					Callback.PING_MESSAGE_SUPPLIER.sentence(this.clientName, ex)));
		}
		return new PingMessage();
	}

	private String text() {
		for (HeartbeatPingMessageSupplier supplier : this.suppliers.get()) {
			String text = messageFrom(supplier);
			if (text != null) {
				return text;
			}
		}
		return this.pingMsg;
	}

	private @Nullable String messageFrom(HeartbeatPingMessageSupplier supplier) {
		try {
			return supplier.getPingMessage(this.clientName);
		}
		finally {
			Interrupts.clear();
		}
	}

}
