package io.github.heartbeat.internal.container.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.internal.tls.Tls;
import io.github.heartbeat.internal.tls.TlsHolder;
import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.OpenSockets;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import org.awaitility.Awaitility;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests sockets of Jetty's client that do not have a connection yet.
 */
@Timeout(60)
class JettyConnectorIntegrationTests {

	private final JettyContainerSupport support = new JettyContainerSupport(null);

	private TestServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = new TestServer(Behaviour.MUTE);
	}

	@AfterEach
	void stop() throws IOException {
		this.support.shutdown();
		this.server.close();
	}

	private JakartaWebSocketClientContainer container(String url, TlsHolder tls) {
		return (JakartaWebSocketClientContainer) this.support.container(URI.create(url), tls);
	}

	private static Set<?> connecting(JettyConnector connector) {
		return (Set<?>) Objects.requireNonNull(ReflectionTestUtils.getField(connector, "connecting"));
	}

	private static JettyConnector connector(JakartaWebSocketClientContainer container) {
		return container.getBean(HttpClient.class).getBean(JettyConnector.class);
	}

	@Test
	void aSocketThatConnectsWhileJettyStopsIsClosed() throws Exception {
		JakartaWebSocketClientContainer container = container(this.server.url(), null);
		SlowConnect connect = new SlowConnect();
		connector(container).addEventListener(connect);
		container.getBean(HttpClient.class).newRequest(this.server.url().replace("ws:", "http:")).send((result) -> {
		});
		SocketChannel socket = connect.begun.get();
		container.stop();
		assertThat(socket.isOpen()).isFalse();
		connect.goOn.countDown();
		awaitNoneTo(this.server);
		assertThat(connecting(connector(container))).isEmpty();
	}

	@Test
	void afterTheEndNothingConnects() throws Exception {
		JakartaWebSocketClientContainer container = container(this.server.url(), null);
		JettyConnector connector = connector(container);
		container.stop();
		Promise.Completable<Object> result = new Promise.Completable<>();
		Map<String, Object> context = new HashMap<>(Map.of(Transport.CONTEXT_KEY, Transport.TCP_IP,
				ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY, result));
		connector.connect(new InetSocketAddress("localhost", this.server.port()), context);
		assertThatThrownBy(result::join).hasRootCauseInstanceOf(ClosedChannelException.class);
		awaitNoneTo(this.server);
		assertThat(connecting(connector)).isEmpty();
	}

	private static void awaitNoneTo(TestServer server) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> OpenSockets.establishedTo(server.port()).isEmpty());
	}

	@Test
	void aConnectionThatIsUpgradedIsNotKept() throws Exception {
		JakartaWebSocketClientContainer container = container(this.server.url(), null);
		this.server.behave(Behaviour.ECHO);
		connectAndForget(container, this.server.url());
	}

	@Test
	void aConnectionThatIsUpgradedOverTlsIsNotKept(@TempDir Path directory) throws Exception {
		connectAndForget(secureContainer(directory, Behaviour.ECHO), this.server.secureUrl());
	}

	/**
	 * Jetty's TLS layer closes a connection if it finds the end of the stream on its own.
	 */
	@Test
	void anAttemptEndsWhenTheTlsLayerClosesItsConnection(@TempDir Path directory) throws Exception {
		JakartaWebSocketClientContainer container = secureContainer(directory, (connection) -> {
			connection.readRequest();
			connection.park();
		});
		CompletableFuture<Session> attempt = new CompletableFuture<>();
		attempt.completeAsync(() -> {
			try {
				return container.connectToServer(new Quiet(), null, URI.create(this.server.secureUrl()));
			}
			catch (DeploymentException | IOException ex) {
				throw new CompletionException(ex);
			}
		}, (task) -> new Thread(task).start());
		TestServer.Connection connection = this.server.connection(1);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> connection.requestedAt() != 0);
		SslConnection.SslEndPoint tls = tlsOf(connector(container)).getSslEndPoint();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(tls::isFillInterested);
		tls.close();
		assertThat(attempt).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withRootCauseInstanceOf(ClosedChannelException.class);
	}

	private static SslConnection tlsOf(JettyConnector connector) {
		List<SslConnection> connections = connector.getContainedBeans(ManagedSelector.class)
			.stream()
			.flatMap((selector) -> List.copyOf(selector.getSelector().keys()).stream())
			.map((key) -> ((EndPoint) key.attachment()).getConnection())
			.map(SslConnection.class::cast)
			.toList();
		assertThat(connections).hasSize(1);
		return connections.get(0);
	}

	private JakartaWebSocketClientContainer secureContainer(Path directory, Behaviour behaviour) throws Exception {
		Certificates certificates = new Certificates(directory);
		certificates.sign("server", "-ext", "san=dns:localhost");
		SSLContext trusting = certificates.client("authority");
		TlsHolder tls = () -> new Tls(trusting, List.of(), List.of());
		this.support.retain(tls);
		this.server.behave(Behaviour.tls(certificates.server("server"), behaviour));
		return container(this.server.secureUrl(), tls);
	}

	/**
	 * Jetty itself removes a destination after two seconds at the earliest.
	 */
	private static void awaitNoDestination(HttpClient client) {
		Awaitility.await()
			.atMost(Duration.ofMillis(1500))
			.pollInterval(Duration.ofMillis(5))
			.until(() -> client.getDestinations().isEmpty());
	}

	private void connectAndForget(JakartaWebSocketClientContainer container, String url) throws Exception {
		HttpClient client = container.getBean(HttpClient.class);
		try (Session session = container.connectToServer(new Quiet(), null, URI.create(url))) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> connecting(connector(container)).isEmpty());
			this.support.attemptEnded(Thread.currentThread());
			awaitNoDestination(client);
			assertThat(session.isOpen()).isTrue();
		}
	}

	@Test
	void aConnectionThatIsRefusedIsNotKept() throws Exception {
		JakartaWebSocketClientContainer container = container(this.server.url(), null);
		HttpClient client = container.getBean(HttpClient.class);
		this.server.behave(Behaviour.status(503));
		assertThatThrownBy(() -> container.connectToServer(new Quiet(), null, URI.create(this.server.url())))
			.isInstanceOf(DeploymentException.class);
		this.server.refuse();
		assertThatThrownBy(() -> container.connectToServer(new Quiet(), null, URI.create(this.server.url())))
			.isInstanceOf(IOException.class);
		awaitNoDestination(client);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> connecting(connector(container)).isEmpty());
	}

	private static final class SlowConnect implements ClientConnector.ConnectListener {

		private final CompletableFuture<SocketChannel> begun = new CompletableFuture<>();

		private final CountDownLatch goOn = new CountDownLatch(1);

		@Override
		public void onConnectBegin(SocketChannel socket, SocketAddress address) {
			this.begun.complete(socket);
			try {
				this.goOn.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	private static final class Quiet extends Endpoint {

		@Override
		public void onOpen(Session session, EndpointConfig config) {
		}

	}

}
