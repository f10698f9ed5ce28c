package io.github.heartbeat.test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.test.internal.InMemoryConnection;
import io.github.heartbeat.test.internal.InMemoryHandshake;
import io.github.heartbeat.test.internal.InMemoryServer;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.test.internal.RefusedHandshakeException;
import jakarta.websocket.DeploymentException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The server of all WebSocket clients in a test with
 * {@link AutoConfigureHeartbeatServer @AutoConfigureHeartbeatServer}. It accepts
 * connections, answers heartbeats and records what it receives, unless the test says
 * otherwise. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HeartbeatTestServer {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final Duration STEP = Duration.ofMillis(100);

	private final Map<String, Client> clients = new ConcurrentHashMap<>();

	private final InMemoryServer inMemory = new Server();

	private final Supplier<@Nullable HeartbeatClients> applicationClients;

	/** {@code null} with the real clock. */
	private final @Nullable ManualEngine engine;

	/** The clients before the first test. Used by one test at a time. */
	private @Nullable InitialClients initialClients;

	HeartbeatTestServer(Supplier<@Nullable HeartbeatClients> applicationClients, @Nullable ManualEngine engine) {
		this.applicationClients = applicationClients;
		this.engine = engine;
	}

	/**
	 * Return the server's side of a client.
	 * @param name the configured name of the client, which need not exist yet
	 * @return the server's side, the same for the same name
	 */
	public Client client(String name) {
		return this.clients.computeIfAbsent(name, Client::new);
	}

	InMemoryServer inMemory() {
		return this.inMemory;
	}

	@Nullable HeartbeatClients applicationClients() {
		return this.applicationClients.get();
	}

	/**
	 * Forget what happened, and answer as at the start.
	 */
	void reset() {
		this.clients.values().forEach(Client::reset);
	}

	/**
	 * Remember the clients before the first test.
	 */
	synchronized void rememberClients() {
		if (this.initialClients == null) {
			this.initialClients = new InitialClients(this);
		}
	}

	/**
	 * Restore the clients after a test.
	 */
	synchronized void restoreClients() {
		if (this.initialClients != null) {
			this.initialClients.restore();
		}
	}

	/**
	 * Advance the clock until a condition is met, with the manual clock. Otherwise wait.
	 * @return whether it is met
	 */
	boolean advanceUntil(BooleanSupplier condition, Duration atMost) {
		ManualEngine engine = this.engine;
		if (engine == null) {
			return await(condition);
		}
		for (Duration left = atMost; !await(condition) && !left.isNegative(); left = left.minus(STEP)) {
			engine.advance(STEP);
		}
		return condition.getAsBoolean();
	}

	/**
	 * Have the clients do what is due, with the manual clock.
	 */
	void run() {
		if (this.engine != null) {
			this.engine.runIfIdle();
		}
	}

	/**
	 * Wait until a condition is met. With the manual clock, time does not pass meanwhile.
	 * @return whether it is met
	 */
	boolean await(BooleanSupplier condition) {
		if (this.engine != null) {
			this.engine.runIfIdle();
			return condition.getAsBoolean();
		}
		try {
			Awaitility.await()
				.atMost(TIMEOUT)
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(1))
				.until(condition::getAsBoolean);
			return true;
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	private String waited() {
		return (this.engine != null) ? ", and the clock stands" : " within " + TIMEOUT.toSeconds() + " s";
	}

	/**
	 * The server's side of one client. Handshakes, messages and heartbeats are recorded
	 * until the test ends.
	 */
	public final class Client {

		private final String name;

		private final List<HeartbeatTestHandshake> handshakes = new ArrayList<>();

		private final List<WebSocketMessage<?>> received = new ArrayList<>();

		private Answer answer = Answer.ACCEPT;

		private int refusalStatus;

		private boolean answersHeartbeats = true;

		private int heartbeats;

		private @Nullable Integer closeCode;

		private volatile @Nullable InMemoryConnection connection;

		private Client(String name) {
			this.name = name;
		}

		/**
		 * Accept handshakes, which is the default, and end a freeze.
		 * @return this
		 */
		public Client accept() {
			setAnswer(Answer.ACCEPT, 0);
			InMemoryConnection connection = this.connection;
			if (connection != null) {
				connection.thaw();
			}
			return this;
		}

		/**
		 * Answer the next handshakes with an HTTP status. An existing connection stays.
		 * @param status the status, for example 401
		 * @return this
		 */
		public Client refuse(int status) {
			Assert.isTrue(status >= 200 && status <= 599, "'status' must be between 200 and 599");
			setAnswer(Answer.REFUSE, status);
			return this;
		}

		/**
		 * Do not answer the next handshakes. An existing connection stays.
		 * @return this
		 */
		public Client hang() {
			setAnswer(Answer.HANG, 0);
			return this;
		}

		/**
		 * Set whether heartbeats are answered, which is the default. The answer is a pong
		 * frame, which no listener sees.
		 * @param answersHeartbeats whether to answer them
		 * @return this
		 */
		public synchronized Client answerHeartbeats(boolean answersHeartbeats) {
			this.answersHeartbeats = answersHeartbeats;
			return this;
		}

		/**
		 * Send a text message to the client.
		 * @param text the text
		 * @throws AssertionError if the client is not connected
		 */
		public void send(String text) {
			connection().send(text);
			run();
		}

		/**
		 * Send a message to the client.
		 * @param message a complete text or binary message
		 * @throws AssertionError if the client is not connected
		 */
		public void send(WebSocketMessage<?> message) {
			if (message instanceof TextMessage text) {
				send(text.getPayload());
				return;
			}
			Assert.isInstanceOf(BinaryMessage.class, message, "'message' must be a text or binary message");
			connection().send((ByteBuffer) message.getPayload());
			run();
		}

		/**
		 * Close the connection.
		 * @param code the close code, for example 4401
		 * @throws AssertionError if the client is not connected
		 */
		public void close(int code) {
			connection().close(code);
			run();
		}

		/**
		 * Lose the connection without a close frame.
		 * @throws AssertionError if the client is not connected
		 */
		public void drop() {
			connection().drop();
			run();
		}

		/**
		 * Neither read nor answer nor send anything on the current connection from now
		 * on. The client notices this when its heartbeat is not answered. Its next
		 * handshake is answered as usual.
		 * @throws AssertionError if the client is not connected
		 */
		public void freeze() {
			connection().freeze();
		}

		/**
		 * Return whether the client is connected, with the client's own state aside.
		 * @return whether there is a connection
		 */
		public boolean isConnected() {
			run();
			InMemoryConnection connection = this.connection;
			return connection != null && !connection.isEnding();
		}

		/**
		 * Return the texts of all text messages that arrived, without heartbeats.
		 * @return the texts, in order, of all connections
		 */
		public List<String> received() {
			return receivedMessages().stream()
				.filter(TextMessage.class::isInstance)
				.map((message) -> ((TextMessage) message).getPayload())
				.toList();
		}

		/**
		 * Return all messages that arrived, without heartbeats.
		 * @return the messages, in order, of all connections
		 */
		public List<WebSocketMessage<?>> receivedMessages() {
			run();
			synchronized (this) {
				return List.copyOf(this.received);
			}
		}

		/**
		 * Wait for a text message.
		 * @param predicate selects the message
		 * @return the text of the first such message, which may have arrived before
		 * @throws AssertionError if none arrives within 5 seconds; with the manual clock,
		 * if none has arrived
		 */
		public String awaitReceived(Predicate<String> predicate) {
			if (!await(() -> received().stream().anyMatch(predicate))) {
				throw new AssertionError("Client '" + this.name + "' has not sent the expected message" + waited()
						+ ". It has sent " + received());
			}
			return received().stream().filter(predicate).findFirst().orElseThrow();
		}

		/**
		 * Return the handshakes of all attempts, including those that were refused or not
		 * answered.
		 * @return the handshakes, in order
		 */
		public List<HeartbeatTestHandshake> handshakes() {
			run();
			synchronized (this) {
				return List.copyOf(this.handshakes);
			}
		}

		/**
		 * Return the number of heartbeats that arrived.
		 * @return the number of all connections
		 */
		public int heartbeats() {
			run();
			synchronized (this) {
				return this.heartbeats;
			}
		}

		/**
		 * Return the code of the last close frame that arrived, without answers to those
		 * of the server.
		 * @return the code, or {@code null} if the client has not sent one
		 */
		public @Nullable Integer closeCode() {
			run();
			synchronized (this) {
				return this.closeCode;
			}
		}

		private synchronized void setAnswer(Answer answer, int status) {
			this.answer = answer;
			this.refusalStatus = status;
		}

		private InMemoryConnection connection() {
			await(this::isConnected);
			InMemoryConnection connection = this.connection;
			if (connection == null || connection.isEnding()) {
				throw new AssertionError("Client '" + this.name + "' is not connected" + waited() + state());
			}
			return connection;
		}

		private String state() {
			HeartbeatClients clients = applicationClients();
			HeartbeatClient client = (clients != null) ? clients.get(this.name) : null;
			if (client != null) {
				return ". Its state is " + client.getState();
			}
			return ". There is no such client"
					+ ((clients != null) ? "; the clients are " + clients.getAll().keySet() : "");
		}

		private void reset() {
			accept();
			synchronized (this) {
				this.answersHeartbeats = true;
				this.handshakes.clear();
				this.received.clear();
				this.heartbeats = 0;
				this.closeCode = null;
			}
		}

		private synchronized boolean handshake(HeartbeatTestHandshake handshake) throws DeploymentException {
			this.handshakes.add(handshake);
			if (this.answer == Answer.REFUSE) {
				throw new RefusedHandshakeException(this.refusalStatus);
			}
			return this.answer == Answer.ACCEPT;
		}

		private synchronized boolean heartbeat() {
			this.heartbeats++;
			return this.answersHeartbeats;
		}

		private synchronized void add(WebSocketMessage<?> message) {
			this.received.add(message);
		}

		private synchronized void closed(CloseStatus status) {
			this.closeCode = status.getCode();
		}

	}

	private enum Answer {

		ACCEPT, REFUSE, HANG

	}

	/**
	 * Receives what the clients do.
	 */
	private final class Server implements InMemoryServer {

		@Override
		public void handshake(InMemoryHandshake handshake) throws DeploymentException {
			if (!isConnecting(handshake.clientName())) {
				return;
			}
			HttpHeaders headers = new HttpHeaders();
			handshake.headers().forEach((name, values) -> headers.put(name, new ArrayList<>(values)));
			if (client(handshake.clientName()).handshake(new HeartbeatTestHandshake(handshake.url(),
					HttpHeaders.readOnlyHttpHeaders(headers), handshake.protocols()))) {
				handshake.accept();
			}
		}

		/**
		 * An attempt can still arrive after it was cancelled.
		 */
		private boolean isConnecting(String clientName) {
			HeartbeatClients clients = applicationClients();
			HeartbeatClient client = (clients != null) ? clients.get(clientName) : null;
			return client != null && client.getState() == HeartbeatClientState.CONNECTING;
		}

		@Override
		public void connected(InMemoryConnection connection) {
			client(connection.clientName()).connection = connection;
		}

		@Override
		public void received(InMemoryConnection connection, WebSocketMessage<?> message) {
			client(connection.clientName()).add(copy(message));
		}

		private static WebSocketMessage<?> copy(WebSocketMessage<?> message) {
			if (message instanceof BinaryMessage binary) {
				ByteBuffer payload = binary.getPayload().duplicate();
				byte[] bytes = new byte[payload.remaining()];
				payload.get(bytes);
				return new BinaryMessage(bytes);
			}
			return message;
		}

		@Override
		public void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) {
			if (client(connection.clientName()).heartbeat()) {
				connection.pong();
			}
		}

		@Override
		public void closed(InMemoryConnection connection, CloseStatus status) {
			client(connection.clientName()).closed(status);
			connection.closeSocket();
		}

	}

}
