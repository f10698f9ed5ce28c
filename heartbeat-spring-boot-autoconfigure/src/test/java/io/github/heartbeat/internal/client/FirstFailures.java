package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.github.heartbeat.testing.TestServer.Connection;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * A program whose clients send and receive, and then fail in many ways. The class
 * {@link Failures} is loaded in between.
 */
final class FirstFailures {

	private final TestServer server;

	private final DefaultHeartbeatClients clients;

	private final AtomicInteger echoes = new AtomicInteger();

	private volatile boolean frozen;

	private FirstFailures(HeartbeatContainer container) throws IOException {
		this.server = new TestServer(this::serve);
		this.clients = TestClients.create(container, 64);
	}

	/**
	 * Run the program.
	 * @param args the container
	 */
	public static void main(String[] args) throws Exception {
		new FirstFailures(HeartbeatContainer.valueOf(args[0])).run();
		Runtime.getRuntime().halt(0);
	}

	private void run() throws Exception {
		this.clients.start();
		TestServer other = new TestServer(this::serve);
		HeartbeatClient client = this.clients.create("c", settings(this.server.url()).build());
		HeartbeatClient policies = this.clients.create("policies",
				settings(other.url())
					.reconnectPolicy((name, attempt, elapsed, cause) -> HeartbeatReconnectDecision.undecided())
					.build());
		until(client::isOpen);
		until(policies::isOpen);
		client.send("one");
		client.send("two");
		until(() -> this.echoes.get() > 4);
		System.out.println(client.getSnapshot());
		Failures.begin();
		afterReconnect(client, () -> onEachConnection(this.server, Connection::drop));
		afterReconnect(policies, () -> onEachConnection(other, Connection::drop));
		other.close();
		afterReconnect(client, () -> onEachConnection(this.server, (connection) -> connection.close(1011)));
		afterReconnect(client, () -> {
			this.frozen = true;
			until(() -> closedBy(client) == HeartbeatInitiator.HEARTBEAT);
			this.frozen = false;
		});
		failedAttempt(client, Kind.HANDSHAKE_REFUSED, FirstFailures::refuse);
		failedAttempt(client, Kind.CONNECT, Connection::drop);
		failedAttempt(client, Kind.CONNECT_TIMEOUT, Connection::readRequest);
		afterReconnect(client, client::reconnect);
		afterReconnect(client, () -> session(client).close(CloseStatus.NORMAL));
		client.close();
		client.send("refused");
		until(() -> client.getState() == HeartbeatClientState.STOPPED);
		client.open();
		until(client::isOpen);
		HeartbeatClient limited = this.clients.create("limited",
				settings("ws://localhost:" + unusedPort()).repeatLimit(1).build());
		until(() -> limited.getState() == HeartbeatClientState.EXHAUSTED);
		System.out.println("DONE");
	}

	private static HeartbeatClientSettings.Builder settings(String url) {
		return HeartbeatClientSettings.builder(url)
			.pingTimeout(Duration.ofMillis(200))
			.pongTimeout(Duration.ofMillis(500))
			.reconnectTimeout(Duration.ofMillis(50))
			.connectTimeout(Duration.ofMillis(1000))
			.listener(new HeartbeatListener() {
			});
	}

	private static int unusedPort() throws IOException {
		try (TestServer closed = new TestServer(Connection::drop)) {
			return closed.port();
		}
	}

	private void serve(Connection connection) throws IOException {
		connection.upgrade();
		connection.text("hello");
		while (true) {
			String text = connection.readText();
			if (this.frozen) {
				connection.readSilently();
			}
			connection.text(text);
			this.echoes.incrementAndGet();
		}
	}

	private static void refuse(Connection connection) throws IOException {
		connection.readRequest();
		connection.writeRaw("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes());
		connection.drop();
	}

	private static void onEachConnection(TestServer server, Behaviour behaviour) {
		server.connections()
			.stream()
			.filter((connection) -> !connection.hasEnded())
			.forEach((connection) -> connection.alongside(behaviour));
	}

	private static WebSocketSession session(HeartbeatClient client) {
		WebSocketSession session = client.getSession();
		if (session == null) {
			throw new IllegalStateException("No session");
		}
		return session;
	}

	private static HeartbeatInitiator closedBy(HeartbeatClient client) {
		HeartbeatClientSnapshot.Close close = client.getSnapshot().lastClose();
		return (close != null) ? close.initiator() : null;
	}

	/**
	 * Have the next attempt fail, and wait until the client is open again.
	 */
	private void failedAttempt(HeartbeatClient client, Kind kind, Behaviour behaviour) throws Exception {
		this.server.behave(behaviour, this::serve);
		afterReconnect(client, () -> onEachConnection(this.server, Connection::drop));
		HeartbeatClientSnapshot.Failure failure = client.getSnapshot().lastError();
		if (failure == null || failure.cause().getKind() != kind) {
			throw new IllegalStateException("No " + kind + " but " + failure);
		}
	}

	private static void afterReconnect(HeartbeatClient client, Step step) throws Exception {
		long before = client.getSnapshot().reconnects();
		step.run();
		until(() -> client.getSnapshot().reconnects() > before && client.isOpen());
	}

	private static void until(BooleanSupplier condition) throws InterruptedException {
		while (!condition.getAsBoolean()) {
			TestServer.pause(5);
		}
	}

	private interface Step {

		void run() throws Exception;

	}

	/**
	 * Marks the beginning of the failures in the log of loaded classes.
	 */
	static final class Failures {

		private Failures() {
		}

		static void begin() {
			System.out.println("OPEN");
		}

	}

}
