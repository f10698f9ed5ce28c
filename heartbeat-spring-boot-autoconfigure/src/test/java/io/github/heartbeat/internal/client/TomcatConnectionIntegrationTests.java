package io.github.heartbeat.internal.client;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.container.tomcat.TomcatContainer;
import io.github.heartbeat.internal.container.tomcat.TomcatInternals;
import io.github.heartbeat.testing.OpenSockets;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests behaviour that only Tomcat's WebSocket client requires.
 */
class TomcatConnectionIntegrationTests extends LiveClients {

	@Override
	protected HeartbeatContainer container() {
		return HeartbeatContainer.TOMCAT;
	}

	/**
	 * Each connection keeps two buffers of this size from its first message on.
	 */
	@Test
	void buffersStaySmallHoweverLargeAMessageMayBe() {
		HeartbeatClient client = open(settings().maxMessageSize(DataSize.ofMegabytes(100)));
		client.send("message").join();
		log().await("MESSAGE");
		assertThat(client.getSession().getTextMessageSizeLimit()).isEqualTo(4096);
		assertThat(client.getSession().getBinaryMessageSizeLimit()).isEqualTo(4096);
	}

	/**
	 * The size of the buffers depends on the order of the connects. A closed connection
	 * frees its space.
	 */
	@Test
	void theBuffersOfManyConnectionsAreSmaller() throws Exception {
		TomcatContainer container = new TomcatContainer(0, 1);
		HeartbeatClient first = open(settings().webSocketContainer(container));
		try (Session session = connect(container)) {
			assertThat(session.getMaxTextMessageBufferSize()).isEqualTo(512);
			assertThat(session.getMaxBinaryMessageBufferSize()).isEqualTo(1024);
		}
		first.close();
		server().connection(1).awaitEnd();
		log().await("CLOSE");
		until(() -> container.getDefaultMaxTextMessageBufferSize() == 4096);
		try (Session session = connect(container)) {
			assertThat(session.getMaxTextMessageBufferSize()).isEqualTo(4096);
			assertThat(session.getMaxBinaryMessageBufferSize()).isEqualTo(4096);
		}
	}

	/**
	 * Outside an attempt, the size is that of the last connection.
	 */
	@Test
	void theFirstConnectionsHaveTheLargestReadBuffers() throws Exception {
		TomcatContainer container = new TomcatContainer(0, 17);
		List<Integer> readSizes = new ArrayList<>();
		List<Session> sessions = new ArrayList<>();
		try {
			for (int i = 0; i < 18; i++) {
				sessions.add(connect(container));
				readSizes.add(container.getDefaultMaxBinaryMessageBufferSize());
			}
		}
		finally {
			for (Session session : sessions) {
				session.close();
			}
		}
		assertThat(readSizes).startsWith(64 * 1024)
			.endsWith(64 * 1024, 16 * 1024, 1024)
			.containsOnly(64 * 1024, 16 * 1024, 1024);
	}

	/**
	 * If an upgrade of Tomcat hides the field, sending becomes slower, and only this test
	 * detects it.
	 */
	@Test
	void theFieldIsThereThatLetsMessagesLeaveTogether() throws Exception {
		try (Session session = connect(new TomcatContainer(0, 1))) {
			assertThat(TomcatInternals.batching((WsSession) session)).isNotNull().isFalse();
		}
	}

	/**
	 * Tomcat measures the timeout of a write by the wall clock, which may be set forward.
	 */
	@Test
	void aWriteHasNoTimeoutOfTomcat() {
		HeartbeatClient client = open(settings().sendTimeout(Duration.ofSeconds(1)));
		WsSession session = ((NativeWebSocketSession) client.getSession()).getNativeSession(WsSession.class);
		assertThat(session.getUserProperties()).containsEntry(Constants.BLOCKING_SEND_TIMEOUT_PROPERTY, -1L);
	}

	/**
	 * Tomcat queues its answer to the server's close behind the message that is being
	 * written, and it closes nothing in the meantime.
	 */
	@Test
	void aBlockedWriteEndsOnTimeAlthoughTheServerCloses() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.park();
		});
		HeartbeatClient client = open(
				settings().sendTimeout(Duration.ofSeconds(2)).sendQueueBytes(DataSize.ofMegabytes(100)).repeatLimit(0));
		CompletableFuture<Void> send = client.send(new BinaryMessage(new byte[50_000_000]));
		server().connection(1).close(1000);
		log().await("EXHAUSTED");
		OpenSockets.await(() -> OpenSockets.establishedTo(server().port()).isEmpty());
		assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST);
	}

	/**
	 * Tomcat recurses once for each 8 KB of a frame.
	 */
	@Test
	void aVeryLargeMessageIsSentWithoutExhaustingTheStack() throws Exception {
		byte[] bytes = new byte[60_000_000];
		new Random(1).nextBytes(bytes);
		server().behave((connection) -> {
			connection.upgrade();
			connection.text(String.valueOf(Arrays.hashCode(connection.readBinary())));
			connection.readSilently();
		});
		HeartbeatClient client = open(
				settings().sendTimeout(Duration.ofSeconds(30)).pongTimeout(Duration.ofSeconds(30)));
		client.send(new BinaryMessage(bytes)).join();
		log().await("MESSAGE " + Arrays.hashCode(bytes));
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE " + Arrays.hashCode(bytes));
	}

	private Session connect(TomcatContainer container) throws Exception {
		return container.connectToServer(new Endpoint() {
			@Override
			public void onOpen(Session session, EndpointConfig config) {
				assertThat(session.isOpen()).isTrue();
			}
		}, ClientEndpointConfig.Builder.create().build(), URI.create(server().url()));
	}

	/**
	 * Characters of one to four bytes, so that some characters cross the boundary of a
	 * piece.
	 */
	@Test
	void largeMessagesArriveWholeThroughTheSmallBuffersOfManyConnections() {
		String text = "aä€🚀".repeat(5000);
		byte[] bytes = new byte[60_000];
		new Random(1).nextBytes(bytes);
		List<Object> received = new CopyOnWriteArrayList<>();
		HeartbeatClient client = open(
				settings().webSocketContainer(new TomcatContainer(0, 0)).listener(new HeartbeatListener() {
					@Override
					public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
						received.add(message.getPayload());
					}
				}));
		client.send(text);
		client.send(new BinaryMessage(bytes));
		until(() -> received.size() == 2);
		assertThat(received).containsExactly(text, ByteBuffer.wrap(bytes));
	}

}
