package io.github.heartbeat.test.internal;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests the order of what arrives, on a lane that the test runs by hand. The contract
 * that a connection shares with Tomcat's and Jetty's is tested in the module of the
 * auto-configuration.
 */
class InMemoryConnectionTests {

	private final List<String> lines = new ArrayList<>();

	private final Queue<Runnable> network = new ArrayDeque<>();

	private final Server server = new Server();

	private Session session;

	@BeforeEach
	void connect() throws Exception {
		InMemoryWebSocketContainer container = new InMemoryWebSocketContainer(this.server, () -> this.network::add);
		ClientEndpointConfig config = ClientEndpointConfig.Builder.create().build();
		config.getUserProperties().put(InMemoryContainerSupport.CLIENT_NAME, "test");
		this.session = container.connectToServer(new Client(), config, URI.create("ws://example.com"));
	}

	private void run() {
		for (Runnable arrival = this.network.poll(); arrival != null; arrival = this.network.poll()) {
			arrival.run();
		}
	}

	@Test
	void whatTheServerSendsAtOnceArrivesAfterTheClientIsOpen() {
		run();
		assertThat(this.lines).containsExactly("accepted", "open", "welcome");
	}

	@Test
	void whatTheServerSendsBeforeADropArrives() {
		this.server.connection.send("last");
		this.server.connection.drop();
		assertThat(this.server.connection.isGone()).isTrue();
		assertThat(this.session.isOpen()).isTrue();
		run();
		assertThat(this.session.isOpen()).isFalse();
		assertThat(this.lines).endsWith("welcome", "last", "error", "close 1006");
	}

	@Test
	void theClientAnswersACloseFrameOnce() throws Exception {
		this.server.connection.send("last");
		this.server.connection.close(4000);
		this.server.connection.close(4001);
		run();
		assertThat(this.lines).endsWith("last", "answered 4000", "close 4000");
		this.session.close();
		this.server.connection.send("late");
		run();
		assertThat(this.lines).endsWith("close 4000");
	}

	@Test
	void aCloseFrameOfTheClientIsAnsweredByTheServer() throws Exception {
		this.session.close();
		assertThat(this.lines).endsWith("closed 1000");
		assertThat(this.session.isOpen()).isTrue();
		this.server.connection.closeSocket();
		assertThat(this.session.isOpen()).isFalse();
		assertThat(this.server.connection.isGone()).isTrue();
		this.server.connection.drop();
		run();
		assertThat(this.lines).endsWith("closed 1000");
	}

	@Test
	void anAbortIsTheEndForBothSides() {
		this.server.connection.abort();
		this.server.connection.close(4000);
		this.server.connection.drop();
		run();
		assertThat(this.lines).containsExactly("accepted", "open", "aborted");
		assertThatIOException().isThrownBy(() -> this.server.connection.write(new TextMessage("late"), false));
	}

	private final class Client extends Endpoint {

		@Override
		public void onOpen(Session session, EndpointConfig config) {
			InMemoryConnectionTests.this.lines.add("open");
			session.addMessageHandler(new Texts());
		}

		@Override
		public void onError(Session session, Throwable failure) {
			InMemoryConnectionTests.this.lines.add("error");
		}

		@Override
		public void onClose(Session session, CloseReason reason) {
			InMemoryConnectionTests.this.lines.add("close " + reason.getCloseCode().getCode());
		}

	}

	private final class Texts implements MessageHandler.Partial<String> {

		@Override
		public void onMessage(String text, boolean last) {
			InMemoryConnectionTests.this.lines.add(text);
		}

	}

	private final class Server implements InMemoryServer {

		private InMemoryConnection connection;

		@Override
		public void handshake(InMemoryHandshake handshake) {
			handshake.accept();
		}

		@Override
		public void connected(InMemoryConnection connection) {
			this.connection = connection;
			InMemoryConnectionTests.this.lines.add("accepted");
			connection.send("welcome");
			run();
		}

		@Override
		public void received(InMemoryConnection connection, WebSocketMessage<?> message) {
			InMemoryConnectionTests.this.lines.add("received");
		}

		@Override
		public void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) {
			InMemoryConnectionTests.this.lines.add("heartbeat");
		}

		@Override
		public void closed(InMemoryConnection connection, CloseStatus status) {
			InMemoryConnectionTests.this.lines.add("closed " + status.getCode());
		}

		@Override
		public void closeAnswered(InMemoryConnection connection, int code) {
			InMemoryConnectionTests.this.lines.add("answered " + code);
		}

		@Override
		public void aborted(InMemoryConnection connection) {
			InMemoryConnectionTests.this.lines.add("aborted");
		}

	}

}
