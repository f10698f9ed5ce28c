package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.internal.connect.ConnectionAttempt;
import io.github.heartbeat.internal.connect.Connector;
import io.github.heartbeat.internal.container.Transport;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Simulates connections that behave as the test specifies.
 */
final class FakeNetwork implements Connector {

	private final List<FakeTransport> transports = new ArrayList<>();

	private final List<ConnectionAttempt> attempts = new ArrayList<>();

	private Mode mode = Mode.ACCEPT;

	private HeartbeatConnectionException refusal = new HeartbeatConnectionException(Kind.CONNECT, "refused");

	private boolean answers = true;

	private long batchBytes;

	private boolean answersCloses = true;

	private String url = "ws://localhost/";

	private BooleanSupplier readingBlocked = () -> false;

	private final Deque<Runnable> unread = new ArrayDeque<>();

	void mode(Mode mode) {
		this.mode = mode;
	}

	/**
	 * Refuse handshakes with an HTTP status.
	 */
	void refuse(int status) {
		this.mode = Mode.REFUSE;
		this.refusal = new HeartbeatConnectionException(Kind.HANDSHAKE_REFUSED, "refused", status);
	}

	void answers(boolean answers) {
		this.answers = answers;
	}

	/**
	 * Buffer received data while the thread of the container would be blocked. In these
	 * tests, that thread is the test thread.
	 */
	void readingBlocked(BooleanSupplier readingBlocked) {
		this.readingBlocked = readingBlocked;
	}

	/**
	 * Receive the buffered data, as far as that is currently possible.
	 */
	void read() {
		while (!this.readingBlocked.getAsBoolean() && !this.unread.isEmpty()) {
			this.unread.poll().run();
		}
	}

	void answersCloses(boolean answersCloses) {
		this.answersCloses = answersCloses;
	}

	List<FakeTransport> transports() {
		return this.transports;
	}

	FakeTransport lastTransport() {
		return this.transports.get(this.transports.size() - 1);
	}

	List<ConnectionAttempt> attempts() {
		return this.attempts;
	}

	/**
	 * Make customizers choose another URL.
	 */
	void url(String url) {
		this.url = url;
	}

	@Override
	public HeartbeatHandshake prepare(ConnectionAttempt attempt) {
		return new HeartbeatHandshake(URI.create(this.url), Map.of(), List.of());
	}

	@Override
	public void connect(ConnectionAttempt attempt, HeartbeatHandshake handshake) {
		this.attempts.add(attempt);
		switch (this.mode) {
			case ACCEPT -> establish(attempt);
			case REFUSE -> throw this.refusal;
			case HANG -> {
			}
		}
	}

	void establish(ConnectionAttempt attempt) {
		attempt.afterConnectionEstablished(new FakeSession());
	}

	@Override
	public void abandon(Thread connecting) {
		throw new IllegalStateException("Nothing connects while this is called");
	}

	void batchBytes(long batchBytes) {
		this.batchBytes = batchBytes;
	}

	@Override
	public Transport transport(WebSocketSession session) {
		FakeTransport transport = new FakeTransport(this.attempts.get(this.attempts.size() - 1), session);
		this.transports.add(transport);
		return transport;
	}

	enum Mode {

		ACCEPT, REFUSE, HANG

	}

	/**
	 * A simulated connection.
	 */
	final class FakeTransport implements Transport {

		private final ConnectionAttempt attempt;

		private final WebSocketSession session;

		private final List<String> written = new ArrayList<>();

		private final List<Integer> batches = new ArrayList<>();

		boolean gone;

		Error failure;

		Runnable whenWritten = () -> {
		};

		Runnable whenAborted = () -> {
		};

		private boolean aborted;

		FakeTransport(ConnectionAttempt attempt, WebSocketSession session) {
			this.attempt = attempt;
			this.session = session;
		}

		List<String> written() {
			return this.written;
		}

		boolean isLive() {
			return !this.gone;
		}

		boolean isAborted() {
			return this.aborted;
		}

		void receive(String text) {
			if (FakeNetwork.this.readingBlocked.getAsBoolean()) {
				FakeNetwork.this.unread.add(() -> receive(text));
				return;
			}
			this.attempt.handleMessage(this.session, new TextMessage(text));
		}

		void closedByPeer(int code) {
			this.gone = true;
			this.attempt.afterConnectionClosed(this.session, new CloseStatus(code));
		}

		/**
		 * Report an error and the end of the connection, as containers do.
		 */
		void transportError() {
			error();
			closedByPeer(1006);
		}

		void error() {
			this.attempt.handleTransportError(this.session, new IOException("broken"));
		}

		@Override
		public void write(WebSocketMessage<?> message) throws IOException {
			if (this.failure != null) {
				throw this.failure;
			}
			if (this.gone) {
				throw new IOException("gone");
			}
			this.whenWritten.run();
			this.written.add(String.valueOf(message.getPayload()));
			if (FakeNetwork.this.answers) {
				receive("answer to " + message.getPayload());
			}
		}

		@Override
		public void write(List<WebSocketMessage<?>> messages) throws IOException {
			this.batches.add(messages.size());
			Transport.super.write(messages);
		}

		@Override
		public long batchBytes() {
			return FakeNetwork.this.batchBytes;
		}

		/**
		 * Return the number of messages in each write.
		 */
		List<Integer> batches() {
			return this.batches;
		}

		@Override
		public void close(CloseStatus status, long timeoutMillis) {
			this.written.add("CLOSE " + status.getCode());
			this.gone = FakeNetwork.this.answersCloses;
		}

		@Override
		public boolean isSocketClosed() {
			return this.gone;
		}

		@Override
		public void abort() {
			this.whenAborted.run();
			this.aborted = true;
			this.gone = true;
		}

		@Override
		public WebSocketSession session() {
			return this.session;
		}

	}

}
