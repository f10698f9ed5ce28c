package io.github.heartbeat.test.internal;

import java.io.IOException;
import java.util.List;

import io.github.heartbeat.internal.container.Transport;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * The client's side of an {@link InMemoryConnection}.
 */
final class InMemoryTransport implements Transport {

	private final WebSocketSession session;

	private final InMemoryConnection connection;

	InMemoryTransport(WebSocketSession session, InMemoryConnection connection) {
		this.session = session;
		this.connection = connection;
	}

	@Override
	public void write(WebSocketMessage<?> message) throws IOException {
		this.connection.write(message, false);
	}

	@Override
	public void writeHeartbeat(WebSocketMessage<?> heartbeat) throws IOException {
		this.connection.write(heartbeat, true);
	}

	@Override
	public void write(List<WebSocketMessage<?>> messages) throws IOException {
		this.connection.beginBatch(messages.size());
		Transport.super.write(messages);
	}

	@Override
	public long batchBytes() {
		return this.connection.batchBytes();
	}

	@Override
	public void close(CloseStatus status, long timeoutMillis) throws IOException {
		this.connection.closeByClient(status);
	}

	@Override
	public boolean isSocketClosed() {
		return this.connection.isOver();
	}

	@Override
	public void abort() {
		this.connection.abort();
	}

	@Override
	public WebSocketSession session() {
		return this.session;
	}

	@Override
	public String toString() {
		return getClass().getSimpleName() + " " + this.session.getId();
	}

}
