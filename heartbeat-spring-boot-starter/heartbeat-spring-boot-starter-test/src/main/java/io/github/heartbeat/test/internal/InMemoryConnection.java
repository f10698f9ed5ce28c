package io.github.heartbeat.test.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A connection inside the JVM. What the server sends arrives in order on the executor of
 * the connection. What the client sends arrives at once. Thread-safe.
 */
public final class InMemoryConnection {

	private final String clientName;

	private final InMemoryServer server;

	private final Endpoint endpoint;

	private final Executor lane;

	private final InMemorySession session;

	/** What arrives before the client is open, or {@code null} once it is open. */
	@GuardedBy("this")
	private @Nullable List<Runnable> early = new ArrayList<>();

	/** Whether the client has sent a close frame first. */
	@GuardedBy("this")
	private boolean closing;

	/** Whether neither side can send any more. Written under the monitor. */
	private volatile boolean gone;

	/** Whether the server has sent a close frame. */
	private volatile boolean closed;

	/** Whether nothing more arrives at the client. */
	private volatile boolean over;

	private volatile boolean frozen;

	InMemoryConnection(String clientName, InMemoryServer server, Endpoint endpoint, Executor lane,
			InMemorySession session) {
		this.clientName = clientName;
		this.server = server;
		this.endpoint = endpoint;
		this.lane = lane;
		this.session = session;
	}

	public String clientName() {
		return this.clientName;
	}

	/**
	 * Whether the connection has ended.
	 */
	public boolean isGone() {
		return this.gone;
	}

	/**
	 * Whether the connection has ended or the server has sent a close frame, so that
	 * nothing that it sends arrives.
	 */
	public boolean isEnding() {
		return this.gone || this.closed;
	}

	/**
	 * Send a text message to the client.
	 */
	public void send(String text) {
		toClient(() -> deliver(text));
	}

	/**
	 * Send a binary message to the client.
	 */
	public void send(ByteBuffer bytes) {
		ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
		toClient(() -> deliver(copy));
	}

	/**
	 * Send a pong frame to the client.
	 */
	public void pong() {
		toClient(this.session::receivePong);
	}

	/**
	 * Send a close frame to the client. The connection ends when it arrives.
	 */
	public void close(int code) {
		this.closed = this.closed || !this.frozen;
		toClient(() -> {
			this.over = true;
			if (end() && !isClosing()) {
				this.server.closeAnswered(this, code);
			}
			reportClose(code);
		});
	}

	/**
	 * End the connection without a close frame. What was sent before still arrives.
	 */
	public void drop() {
		if (end()) {
			arrive(() -> {
				this.over = true;
				reportError();
				reportClose(CloseCodes.CLOSED_ABNORMALLY.getCode());
			});
		}
	}

	/**
	 * From now on the server neither reads nor answers nor sends.
	 */
	public void freeze() {
		this.frozen = true;
	}

	/**
	 * End a freeze. What was sent meanwhile is lost.
	 */
	public void thaw() {
		this.frozen = false;
	}

	/**
	 * Close the socket and report nothing to the client, for example to answer its close
	 * frame.
	 */
	public void closeSocket() {
		this.over = true;
		end();
	}

	/**
	 * Deliver a text message to the client on this thread, as a container does with data
	 * that it has read before the end of the connection.
	 */
	public void deliver(String text) {
		this.session.receiveText(text);
	}

	/**
	 * Deliver a binary message to the client on this thread, as {@link #deliver(String)}.
	 */
	public void deliver(ByteBuffer bytes) {
		this.session.receiveBinary(bytes);
	}

	/**
	 * Report a transport error to the client on this thread. The connection stays as it
	 * is.
	 */
	public void reportError() {
		this.endpoint.onError(this.session, new IOException("The connection was dropped"));
	}

	/**
	 * Report the end of the connection to the client on this thread, even if it was
	 * reported before. The connection stays as it is.
	 */
	public void reportClose(int code) {
		this.endpoint.onClose(this.session, new CloseReason(CloseCodes.getCloseCode(code), ""));
	}

	private void toClient(Runnable arrival) {
		if (!this.frozen) {
			arrive(arrival);
		}
	}

	private synchronized void arrive(Runnable arrival) {
		Runnable unlessOver = () -> {
			if (!this.over) {
				arrival.run();
			}
		};
		if (this.early != null) {
			this.early.add(unlessOver);
		}
		else {
			this.lane.execute(unlessOver);
		}
	}

	/**
	 * The client can receive.
	 */
	synchronized void opened() {
		List<Runnable> early = this.early;
		this.early = null;
		if (early != null) {
			early.forEach(this.lane::execute);
		}
	}

	/**
	 * Whether the connection has ended for the client. It notices the end when everything
	 * that was sent before has arrived.
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * End the connection.
	 * @return whether it had not ended
	 */
	private synchronized boolean end() {
		boolean ended = !this.gone;
		this.gone = true;
		return ended;
	}

	private synchronized boolean isClosing() {
		return this.closing;
	}

	void write(WebSocketMessage<?> message, boolean heartbeat) throws IOException {
		if (this.gone) {
			throw new IOException("The connection has ended");
		}
		if (this.frozen) {
			return;
		}
		if (heartbeat) {
			this.server.heartbeat(this, message);
		}
		else {
			this.server.received(this, message);
		}
	}

	long batchBytes() {
		return this.server.batchBytes();
	}

	void beginBatch(int size) {
		this.server.batch(this, size);
	}

	void closeByClient(CloseStatus status) {
		if (beginClose()) {
			this.server.closed(this, status);
		}
	}

	private synchronized boolean beginClose() {
		if (this.gone || this.frozen || this.closing) {
			return false;
		}
		this.closing = true;
		return true;
	}

	void abort() {
		this.server.aborted(this);
		closeSocket();
	}

}
