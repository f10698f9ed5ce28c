package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatPingMessageSupplier;
import io.github.heartbeat.HeartbeatPingType;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests heartbeats and the detection of a dead peer.
 */
class HeartbeatIntegrationTests extends ConnectionContract {

	@ParameterizedTest
	@EnumSource
	void anIdleConnectionSendsHeartbeatsAndStaysOpenWhileTheyAreAnswered(HeartbeatPingType type) throws Exception {
		HeartbeatClient client = open(
				settings().pingType(type).pingTimeout(Duration.ofMillis(200)).pongTimeout(Duration.ofSeconds(5)));
		String expected = switch (type) {
			case TEXT -> "TEXT heartbeat";
			case BINARY -> "BINARY 9";
			case PING -> "PING heartbeat";
		};
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo(expected);
		}
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(log().count("CLOSE")).isZero();
	}

	@Test
	void messagesOfTheServerPostponeTheHeartbeat() throws Exception {
		CountDownLatch quiet = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			for (int i = 0; !quiet.await(50, TimeUnit.MILLISECONDS); i++) {
				connection.text("tick " + i);
			}
			connection.readSilently();
		});
		open(settings().pingTimeout(Duration.ofMillis(1500)).pongTimeout(Duration.ofSeconds(5)));
		log().await("MESSAGE", 60);
		assertThat(server().connection(1).received()).isEmpty();
		quiet.countDown();
		long quietSince = server().connection(1).lastWrite();
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		assertThat((System.nanoTime() - quietSince) / 1e9).isBetween(1.4, 10.0);
	}

	@Test
	void aConfiguredHeartbeatAnswerIsNotPublished() throws Exception {
		open(settings().pongMsg("heartbeat").pingTimeout(Duration.ofMillis(100)));
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		}
		assertThat(log().lines()).containsExactly("OPEN");
	}

	@Test
	void aConnectionWithoutHeartbeatAnswersIsReplaced() {
		server().behave(Behaviour.SILENT);
		open(settings().pingTimeout(Duration.ofMillis(400))
			.pongTimeout(Duration.ofMillis(300))
			.closeTimeout(Duration.ofSeconds(30)));
		Entry close = log().await("CLOSE");
		log().await("OPEN", 2);
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
		assertThat(close.secondsSince(server().connection(1).lastWrite())).isBetween(0.65, 6.0);
	}

	@Test
	void aDeadConnectionIsAbortedWithoutACloseFrame() throws Exception {
		server().behave(Behaviour.SILENT);
		open(settings().pingTimeout(Duration.ofMillis(200)).pongTimeout(Duration.ofMillis(200)));
		log().await("CLOSE 1006 HEARTBEAT");
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		assertThat(server().connection(1).next()).isIn("EOF", "RESET");
	}

	@Test
	void aFrozenServerIsDetectedAtTheDeadlineAndTheSocketIsClosed() throws Exception {
		server().behave(Behaviour.FROZEN);
		open(settings().pingTimeout(Duration.ofSeconds(1))
			.pongTimeout(Duration.ofMillis(700))
			.reconnectTimeout(Duration.ofMillis(500))
			.closeTimeout(Duration.ofSeconds(30)));
		server().behave(Behaviour.ECHO);
		TestServer.Connection frozen = server().connection(1);
		Entry close = log().await("CLOSE");
		Entry openAgain = log().await("OPEN again");
		frozen.thaw();
		long end = frozen.awaitEnd();
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
		assertThat(close.secondsSince(frozen.lastWrite())).isGreaterThan(1.65);
		assertThat(openAgain.secondsSince(frozen.lastWrite())).isBetween(2.15, 9.0);
		assertThat((end - openAgain.nanoTime()) / 1e9).isLessThan(9.0);
	}

	@Test
	@RequiresSocket("no write blocks")
	void aFrozenServerIsDetectedWhileAWriteIsBlocked() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(800))
			.pongTimeout(Duration.ofMillis(400))
			.sendTimeout(Duration.ofSeconds(30))
			.closeTimeout(Duration.ofSeconds(30))
			.sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = "x".repeat(1_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 30).mapToObj((i) -> client.send(large)).toList();
		TestServer.Connection frozen = server().connection(1);
		Entry close = log().await("CLOSE");
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1");
		assertThat(close.secondsSince(frozen.lastWrite())).isBetween(1.1, 9.0);
		until(() -> sends.stream().allMatch(CompletableFuture::isDone));
		assertThat(sends).anySatisfy((send) -> assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST));
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void anAnsweredHeartbeatProvesAConnection() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().pingTimeout(Duration.ofMillis(300)));
		log().await("RECONNECT 2");
		server().acceptAgain();
		log().await("OPEN");
		assertThat(client.getRepeat()).isGreaterThanOrEqualTo(2);
		until(() -> client.getRepeat() == 0);
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
	}

	@Test
	void withPingAlwaysHeartbeatsAreSentToAServerThatSendsAllTheTime() throws Exception {
		CountDownLatch enough = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			for (int i = 0; !enough.await(20, TimeUnit.MILLISECONDS); i++) {
				connection.text("tick " + i);
			}
			connection.readSilently();
		});
		open(settings().pingAlways(true).pingTimeout(Duration.ofMillis(300)).pongTimeout(Duration.ofSeconds(5)));
		log().await("MESSAGE tick 60");
		enough.countDown();
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		}
	}

	/**
	 * MQTT over WebSocket: PINGREQ is {@code C0 00}, which is not valid UTF-8, and
	 * PINGRESP is {@code D0 00}.
	 */
	@Test
	void aHeartbeatAndItsAnswerCanBeBytes() throws Exception {
		BinaryMessage pingRequest = new BinaryMessage(new byte[] { (byte) 0xC0, 0 });
		AtomicInteger pongs = new AtomicInteger();
		open(settings().pingTimeout(Duration.ofMillis(100)).pongMatcher((message) -> {
			boolean pong = message instanceof BinaryMessage binary && binary.getPayload().remaining() == 2
					&& binary.getPayload().isReadOnly() && binary.getPayload().getShort() == (short) 0xC000;
			pongs.addAndGet(pong ? 1 : 0);
			return pong;
		}).pingMessageSupplier(new HeartbeatPingMessageSupplier() {
			@Override
			public String getPingMessage(String clientName) {
				return null;
			}

			@Override
			public WebSocketMessage<?> getPing(String clientName) {
				return pingRequest;
			}
		}));
		Awaitility.await().until(() -> pongs.get() >= 3);
		assertThat(server().connection(1).next()).isEqualTo("BINARY 2");
		assertThat(log().lines()).containsExactly("OPEN");
	}

	@Test
	void anAnswerThatThePatternFindsIsCountedAndNotPublished() {
		server().behave((connection) -> {
			connection.upgrade();
			while (true) {
				connection.readText();
				connection.text("{\"op\":\"pong\",\"at\":" + System.nanoTime() + "}");
				connection.text("price");
			}
		});
		HeartbeatClient client = open(
				settings().pingTimeout(Duration.ofMillis(100)).pongPattern("\"op\":\\s*\"pong\""));
		Awaitility.await().until(() -> log().count("MESSAGE") >= 3);
		assertThat(log().lines()).filteredOn((line) -> line.startsWith("MESSAGE"))
			.allSatisfy((line) -> assertThat(line).isEqualTo("MESSAGE price"));
		assertThat(client.getRepeat()).isZero();
	}

	@Test
	void aPingThatCannotBeSentIsAnErrorAndAPingFrame() throws Exception {
		open(settings().pingTimeout(Duration.ofMillis(100)).pingMessageSupplier(new HeartbeatPingMessageSupplier() {
			@Override
			public String getPingMessage(String clientName) {
				return "unused";
			}

			@Override
			public WebSocketMessage<?> getPing(String clientName) {
				return new TextMessage("part", false);
			}
		}));
		assertThat(server().connection(1).next()).isEqualTo("PING ");
		log().await("ERROR PING_MESSAGE");
	}

	@Test
	void pingMessagesAreSuppliedForEachHeartbeat() throws Exception {
		AtomicInteger count = new AtomicInteger();
		open(settings().pingTimeout(Duration.ofMillis(100)).pingMessageSupplier((name) -> {
			int number = count.incrementAndGet();
			if (number == 2) {
				throw new LinkageError("thrown by a test");
			}
			return (number == 3) ? null : name + " " + number;
		}));
		TestServer.Connection connection = server().connection(1);
		assertThat(connection.next()).isEqualTo("TEXT test 1");
		assertThat(connection.next()).isEqualTo("PING ");
		assertThat(connection.next()).isEqualTo("TEXT heartbeat");
		assertThat(connection.next()).isEqualTo("TEXT test 4");
		assertThat(log().count("ERROR PING_MESSAGE")).isEqualTo(1);
	}

	@Test
	void idleClientsShareThreads() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		for (int i = 0; i < 100; i++) {
			clients().create("client-" + i, settings().build());
		}
		log().await("OPEN", 100);
		assertThat(log().count("ERROR")).isZero();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> !before.contains(thread) && !thread.getName().startsWith("test-server"))
				.count() <= 24);
	}

}
