package io.github.heartbeat.internal.container;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.github.heartbeat.internal.client.EachContainer;
import io.github.heartbeat.testing.OpenSockets;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the socket state that a transport reports with the state in the operating
 * system.
 */
class TransportIntegrationTests extends EachContainer {

	/**
	 * The container answers invalid data with a close frame, which is queued behind a
	 * message that the server does not read.
	 */
	@Test
	void aSocketIsNotReportedClosedTooEarly() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			blocked.await();
			connection.write(TestServer.frame(TestServer.FIN | 0x40 | TestServer.TEXT,
					"garbage".getBytes(StandardCharsets.US_ASCII)));
			connection.park();
		});
		Containers containers = new Containers(container());
		try {
			ContainerSupport support = containers.support(null);
			WebSocketSession session = new StandardWebSocketClient(support.container(URI.create(server().url()), null))
				.execute(new AbstractWebSocketHandler() {
				}, server().url())
				.get();
			Transport transport = support.transport(session);
			CompletableFuture<Exception> failure = new CompletableFuture<>();
			Thread writer = new Thread(() -> failure.complete(writeUntilItFails(transport)));
			writer.start();
			until(() -> writer.getState() == Thread.State.WAITING || writer.getState() == Thread.State.TIMED_WAITING);
			blocked.countDown();
			until(() -> !session.isOpen());
			Awaitility.await()
				.during(Duration.ofMillis(500))
				.atMost(Duration.ofSeconds(20))
				.pollInterval(Duration.ofMillis(5))
				.until(() -> !transport.isSocketClosed() || OpenSockets.establishedTo(server().port()).isEmpty());
			transport.abort();
			until(transport::isSocketClosed);
			OpenSockets.await(() -> OpenSockets.establishedTo(server().port()).isEmpty());
			assertThat(failure.get()).isInstanceOfAny(IOException.class, IllegalStateException.class);
		}
		finally {
			containers.shutdown();
		}
	}

	private static Exception writeUntilItFails(Transport transport) {
		TextMessage large = new TextMessage("x".repeat(5_000_000));
		try {
			while (true) {
				transport.write(large);
			}
		}
		catch (Exception ex) {
			return ex;
		}
	}

}
