package io.github.heartbeat.internal.connection;

import java.io.IOException;
import java.net.URI;

import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.message.OutgoingMessages;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.send.PendingSend;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * The session that users see. Its sends join the outbox. Its close ends this connection
 * only.
 */
final class SessionView extends WebSocketSessionDecorator implements NativeWebSocketSession {

	private static final EngineLog logger = EngineLog.of(SessionView.class);

	private final Connection connection;

	private final @Nullable URI uri;

	SessionView(Connection connection, WebSocketSession session) {
		super(session);
		this.connection = connection;
		this.uri = RequestedUrl.take(session);
	}

	/**
	 * Return the url of the attempt, after the handshake customizers, without user info.
	 */
	@Override
	public @Nullable URI getUri() {
		return this.uri;
	}

	@Override
	public boolean isOpen() {
		return !this.connection.hasEnded() && getDelegate().isOpen();
	}

	@Override
	public void sendMessage(WebSocketMessage<?> message) throws IOException {
		OutgoingMessages.requireWritable(message);
		PendingSend send = this.connection.pendingSend(message);
		Reason reason = this.connection.offer(send);
		if (reason != null) {
			send.refuse(reason);
			throw new IOException("Not sent: " + reason);
		}
		send.future().whenComplete((nothing, ex) -> {
			if (ex != null) {
				logger.debug("Accepted by a session and lost: " + ex.getMessage());
			}
		});
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseStatus status) {
		OutgoingMessages.requireSendable(status);
		this.connection.closeFromView(status);
	}

	@Override
	public void setTextMessageSizeLimit(int messageSizeLimit) {
		throw new UnsupportedOperationException("Use 'max-message-size'");
	}

	@Override
	public void setBinaryMessageSizeLimit(int messageSizeLimit) {
		throw new UnsupportedOperationException("Use 'max-message-size'");
	}

	@Override
	public Object getNativeSession() {
		return ((NativeWebSocketSession) getDelegate()).getNativeSession();
	}

	@Override
	public <T> @Nullable T getNativeSession(@Nullable Class<T> requiredType) {
		return ((NativeWebSocketSession) getDelegate()).getNativeSession(requiredType);
	}

	/**
	 * Return a text without the url, which may contain secrets.
	 */
	@Override
	public String toString() {
		return "HeartbeatSession " + getId();
	}

}
