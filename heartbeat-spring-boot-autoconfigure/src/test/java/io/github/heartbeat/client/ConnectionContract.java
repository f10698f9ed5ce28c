package io.github.heartbeat.client;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingType;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a client does on real sockets, whichever container carries its connections.
 */
abstract class ConnectionContract extends LiveClients {

	@Test
	void theUriOfTheSessionIsThatOfTheAttemptWithoutUserInfo() {
		String url = server().url();
		HeartbeatClient client = open(settings().handshakeCustomizer((name, handshake) -> handshake
			.setUrl(URI.create(url.replace("ws://", "WS://user:password@") + "/prices?depth=2&from=a%20b"))));
		assertThat(client.getSession().getUri()).isEqualTo(URI.create(url + "/prices?depth=2&from=a%20b"));
	}

	@Test
	void exchangesMessagesWithAnEcho() {
		HeartbeatClient client = open(settings());
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.OPEN);
		client.send("one").join();
		client.send(new TextMessage("twö 🚀")).join();
		client.send(new BinaryMessage(new byte[] { 1, 2, 3 })).join();
		log().await("MESSAGE", 3);
		assertThat(log().lines()).startsWith("OPEN", "MESSAGE one", "MESSAGE twö 🚀").hasSize(4);
	}

	@Test
	void sendsInTheOrderOfTheCalls() {
		HeartbeatClient client = open(settings());
		List<CompletableFuture<Void>> sends = IntStream.range(0, 1000)
			.mapToObj((i) -> client.send("message " + i))
			.toList();
		CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
		log().await("MESSAGE", 1000);
		assertThat(log().lines().subList(1, 1001))
			.isEqualTo(IntStream.range(0, 1000).mapToObj((i) -> "MESSAGE message " + i).toList());
	}

	@Test
	void sendsOfManyThreadsAllArriveAndEachThreadsInOrder() throws Exception {
		HeartbeatClient client = open(settings());
		List<Thread> threads = IntStream.range(0, 8).mapToObj((t) -> new Thread(() -> {
			for (int i = 0; i < 100; i++) {
				client.send(t + ":" + i).join();
			}
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		log().await("MESSAGE", 800);
		for (int t = 0; t < 8; t++) {
			String prefix = "MESSAGE " + t + ":";
			assertThat(log().lines().stream().filter((line) -> line.startsWith(prefix)).toList())
				.isEqualTo(IntStream.range(0, 100).mapToObj((i) -> prefix + i).toList());
		}
	}

	@Test
	void futuresEndOnNoThreadThatWrites() {
		HeartbeatClient client = open(settings());
		AtomicReference<String> thread = new AtomicReference<>();
		CompletableFuture<Void> sends = CompletableFuture.completedFuture(null);
		for (int i = 0; i < 50; i++) {
			sends = sends.thenCompose((nothing) -> client.send("chained"))
				.thenRun(() -> thread.set(Thread.currentThread().getName()));
		}
		sends.join();
		assertThat(thread.get()).doesNotStartWith("heartbeat-io").doesNotStartWith("heartbeat-timer");
	}

	@Test
	void futuresMayBeWaitedForByWhatDependsOnOthers() {
		HeartbeatClient client = open(settings().sendQueueMessages(10_000));
		List<CompletableFuture<Void>> chains = IntStream.range(0, 2000)
			.mapToObj((i) -> client.send("first " + i).thenRun(() -> client.send("second " + i).join()))
			.toList();
		assertThat(CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)))
			.succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void oneMessageMayBeSentMoreThanOnce() throws Exception {
		HeartbeatClient client = open(settings());
		BinaryMessage message = new BinaryMessage(new byte[] { 1, 2, 3 });
		client.send(message).join();
		client.send(message).join();
		assertThat(server().connection(1).next()).isEqualTo("BINARY 3");
		assertThat(server().connection(1).next()).isEqualTo("BINARY 3");
	}

	@Test
	void messagesThatCannotBeWrittenAreRefused() {
		HeartbeatClient client = open(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> client.send(new PingMessage(ByteBuffer.allocate(126))));
		client.send(new PingMessage(ByteBuffer.allocate(125))).join();
		assertThat(client.isOpen()).isTrue();
	}

	@Test
	void partialMessagesAreRefused() {
		HeartbeatClient client = open(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> client.send(new TextMessage("part", false)));
	}

	@ParameterizedTest
	@EnumSource
	void sendsAHeartbeatWhenTheLineIsQuietAndStaysOpenWhenItIsAnswered(HeartbeatPingType type) throws Exception {
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
	void whateverTheServerSendsPutsOffTheHeartbeat() throws Exception {
		CountDownLatch quiet = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			for (int i = 0; !quiet.await(50, TimeUnit.MILLISECONDS); i++) {
				connection.text("tick " + i);
			}
			connection.readSilently();
		});
		open(settings().pingTimeout(Duration.ofMillis(600)).pongTimeout(Duration.ofSeconds(5)));
		log().await("MESSAGE", 30);
		quiet.countDown();
		long quietSince = server().connection(1).lastWrite();
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		assertThat((System.nanoTime() - quietSince) / 1e9).isBetween(0.5, 5.0);
	}

	@Test
	void aHeartbeatAnswerThatIsNamedIsNotPublished() throws Exception {
		open(settings().pongMsg("heartbeat").pingTimeout(Duration.ofMillis(100)));
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		}
		assertThat(log().lines()).containsExactly("OPEN");
	}

	@Test
	void aSilentServerIsReplacedOnTime() {
		server().behave(Behaviour.SILENT);
		open(settings().pingTimeout(Duration.ofMillis(400)).pongTimeout(Duration.ofMillis(300)));
		Entry open = log().await("OPEN");
		Entry close = log().await("CLOSE");
		log().await("OPEN", 2);
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
		assertThat(close.secondsSince(open.nanoTime())).isBetween(0.6, 2.0);
	}

	@Test
	void aDeadConnectionIsAbortedAndNeverPolitelyClosed() throws Exception {
		server().behave(Behaviour.SILENT);
		open(settings().pingTimeout(Duration.ofMillis(200)).pongTimeout(Duration.ofMillis(200)));
		log().await("CLOSE 1006 HEARTBEAT");
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		assertThat(server().connection(1).next()).isIn("EOF", "RESET");
	}

	@Test
	void aFrozenServerIsNoticedAtTheDeadlineAndTheSocketIsGoneRightAfter() throws Exception {
		server().behave(Behaviour.FROZEN);
		open(settings().pingTimeout(Duration.ofSeconds(1))
			.pongTimeout(Duration.ofMillis(700))
			.reconnectTimeout(Duration.ofMillis(500)));
		server().behave(Behaviour.ECHO);
		TestServer.Connection frozen = server().connection(1);
		Entry close = log().await("CLOSE");
		Entry reconnect = log().await("RECONNECT");
		Entry openAgain = log().await("OPEN again");
		frozen.thaw();
		long end = frozen.awaitEnd();
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
		assertThat(close.secondsSince(frozen.lastWrite())).isBetween(1.65, 2.4);
		assertThat(reconnect.secondsSince(close.nanoTime())).isLessThan(0.5);
		assertThat(openAgain.secondsSince(frozen.lastWrite())).isBetween(2.15, 3.0);
		assertThat((end - openAgain.nanoTime()) / 1e9).isLessThan(1.0);
	}

	/**
	 * A socket that is nearly full takes a part of what is written.
	 */
	@Test
	void manyMessagesArriveWholeAndInOrderThoughThePeerReadsSlowly() {
		int messages = 40_000;
		String filling = "x".repeat(300);
		CountDownLatch queued = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			awaitUninterruptibly(queued);
			for (int i = 0; i < messages; i++) {
				String text = connection.readText();
				if (!text.equals(i + filling)) {
					connection.text("not " + i + ": " + text);
					return;
				}
			}
			connection.text("all");
			connection.echo();
		});
		HeartbeatClient client = open(settings().sendQueueMessages(messages).sendQueueBytes(DataSize.ofMegabytes(100)));
		List<CompletableFuture<Void>> sends = IntStream.range(0, messages)
			.mapToObj((i) -> client.send(i + filling))
			.toList();
		queued.countDown();
		log().await("MESSAGE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE all");
		CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
	}

	@Test
	void aFrozenServerIsNoticedThoughAWriteIsStuck() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(800))
			.pongTimeout(Duration.ofMillis(400))
			.sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = "x".repeat(1_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 30).mapToObj((i) -> client.send(large)).toList();
		Entry open = log().await("OPEN");
		Entry close = log().await("CLOSE");
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1");
		assertThat(close.secondsSince(open.nanoTime())).isBetween(1.1, 3.0);
		assertThat(sends).allSatisfy((send) -> assertThat(send).isDone())
			.anySatisfy((send) -> assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST));
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void aWriteThatIsStuckForTooLongIsADeadConnection() {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(
				settings().sendTimeout(Duration.ofMillis(500)).sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = "x".repeat(1_000_000);
		for (int i = 0; i < 30; i++) {
			client.send(large);
		}
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "ERROR WRITE_TIMEOUT 1006", "CLOSE 1006 TRANSPORT", "RECONNECT 1");
	}

	@Test
	void moreThanMayWaitIsRefused() {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().sendQueueMessages(3).sendQueueBytes(DataSize.ofMegabytes(100)));
		String large = "x".repeat(5_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 10).mapToObj((i) -> client.send(large)).toList();
		assertThat(reasonOf(sends.get(9))).isEqualTo(Reason.QUEUE_FULL);
		assertThat(client.isOpen()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1003, 1011, 4000, 4999 })
	void aCloseByTheServerMeansReconnectWhateverTheCode(int code) throws Exception {
		server().behave(Behaviour.closing(code));
		create(settings());
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		assertThat(server().connection(1).next()).isEqualTo("CLOSE " + code);
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "CLOSE " + code + " SERVER", "RECONNECT 1");
	}

	/**
	 * A write that fails since the server is closing must not hide why it does.
	 */
	@Test
	void theCloseCodeIsSeenThoughMessagesAreBeingSent() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.readText();
			connection.close(4403);
			connection.readSilently();
		});
		for (int round = 1; round <= 30; round++) {
			HeartbeatClient client = clients().create("round-" + round,
					settings().stopOnCloseCodes("4403").sendQueueMessages(100_000).build());
			until(client::isOpen);
			while (client.getState() == HeartbeatClientState.OPEN) {
				client.send("message");
			}
			log().await("EXHAUSTED", round);
		}
		assertThat(log().count("CLOSE 4403 SERVER")).isEqualTo(30);
	}

	@Test
	void aConnectionResetMeansReconnect() throws Exception {
		open(settings());
		server().connection(1).reset();
		assertLostAndReconnected();
	}

	@Test
	void aConnectionDroppedWithoutACloseFrameMeansReconnect() throws Exception {
		open(settings());
		server().connection(1).drop();
		assertLostAndReconnected();
	}

	private void assertLostAndReconnected() {
		log().await("OPEN again");
		assertThat(log().lines().get(1)).isEqualTo("ERROR CONNECTION_LOST 1006");
		assertThat(log().lines()).hasSize(5).endsWith("CLOSE 1006 TRANSPORT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void aServerThatIsNotThereIsTriedUntilItIs() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings());
		log().await("RECONNECT 3");
		assertThat(log().lines()).startsWith("ERROR CONNECT", "RECONNECT 1", "ERROR CONNECT", "RECONNECT 2");
		assertThat(client.getRepeat()).isGreaterThanOrEqualTo(3);
		server().acceptAgain();
		log().await("OPEN");
		assertThat(log().lines()).endsWith("OPEN");
	}

	@Test
	void anUnknownHostIsAnErrorOfItsOwn() {
		create(HeartbeatClientSettings.builder("ws://no-such-host.invalid/").reconnectTimeout(Duration.ofMillis(100)));
		log().await("RECONNECT 2");
		assertThat(log().lines()).startsWith("ERROR NAME_RESOLUTION", "RECONNECT 1", "ERROR NAME_RESOLUTION",
				"RECONNECT 2");
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 401, 403, 503 })
	void aRefusedHandshakeMeansReconnectAndTellsTheStatus(int status) {
		server().behave(Behaviour.status(status, "Location: " + server().url() + "/elsewhere",
				"WWW-Authenticate: Basic realm=\"test\""));
		create(settings());
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR HANDSHAKE_REFUSED " + status, "RECONNECT 1", "OPEN");
		assertThat(server().connections())
			.allSatisfy((connection) -> assertThat(connection.requestLine()).isEqualTo("GET /test HTTP/1.1"));
	}

	/**
	 * A connection kept for the next attempt is one that the server may be closing.
	 */
	@Test
	void theConnectionOfARefusedHandshakeIsNotUsedAgain() throws Exception {
		server().behave((connection) -> {
			while (true) {
				connection.readRequest();
				connection
					.write("HTTP/1.1 503 Refused\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			}
		});
		create(settings().reconnectTimeout(Duration.ofMillis(500)));
		Entry error = log().await("ERROR HANDSHAKE_REFUSED 503");
		assertThat((server().connection(1).awaitEnd() - error.nanoTime()) / 1e9).isLessThan(0.4);
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 503", "RECONNECT 1", "OPEN");
	}

	@Test
	void anUpgradeDrippedByteByByteEndsAtTheDeadline() throws Exception {
		server().behave((connection) -> {
			connection.readRequest();
			for (byte b : connection.acceptance()) {
				connection.write(new byte[] { b });
				if (new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS)) {
					return;
				}
			}
		});
		long start = System.nanoTime();
		create(settings().connectTimeout(Duration.ofSeconds(1)));
		Entry error = log().await("ERROR");
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		assertThat(error.secondsSince(start)).isBetween(0.9, 3.0);
		assertThat((server().connection(1).awaitEnd() - error.nanoTime()) / 1e9).isLessThan(2.0);
	}

	@Test
	void aServerThatNeverAnswersTheUpgradeIsGivenUpAtTheDeadline() throws Exception {
		server().behave(Behaviour.MUTE);
		create(settings().connectTimeout(Duration.ofMillis(500)));
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		TestServer.Connection mute = server().connection(1);
		mute.thaw();
		mute.awaitEnd();
	}

	@Test
	void aServerMayTakeItsTimeWithinTheDeadline() {
		server().behave((connection) -> {
			connection.readRequest();
			if (new CountDownLatch(1).await(7, TimeUnit.SECONDS)) {
				return;
			}
			connection.write(connection.acceptance());
			connection.echo();
		});
		create(settings().connectTimeout(Duration.ofSeconds(20)));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("OPEN");
	}

	@Test
	void aSessionThatComesAfterTheDeadlineIsDropped() throws Exception {
		CountDownLatch late = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.readRequest();
			late.await();
			connection.write(connection.acceptance());
			connection.readSilently();
		});
		create(settings().connectTimeout(Duration.ofMillis(500)));
		log().await("ERROR CONNECT_TIMEOUT");
		server().behave(Behaviour.ECHO);
		late.countDown();
		server().connection(1).awaitEnd();
		log().await("OPEN");
		assertThat(log().count("OPEN")).isEqualTo(1);
	}

	@Test
	void aLargeMessageArrivesWhole() throws Exception {
		StringBuilder large = new StringBuilder();
		IntStream.range(0, 90_000).forEach((i) -> large.append("0123456ö🚀"));
		assertThat(large).hasSize(900_000);
		AtomicReference<WebSocketMessage<?>> received = new AtomicReference<>();
		HeartbeatClient client = open(settings().maxMessageSize(DataSize.ofMegabytes(2))
			.sendQueueBytes(DataSize.ofMegabytes(2))
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					received.set(message);
				}
			}));
		client.send(large.toString()).join();
		until(() -> received.get() != null);
		assertThat(received.get().getPayload()).isEqualTo(large.toString());
		byte[] bytes = new byte[900_000];
		bytes[899_999] = 7;
		received.set(null);
		client.send(new BinaryMessage(bytes)).join();
		until(() -> received.get() != null);
		ByteBuffer buffer = (ByteBuffer) received.get().getPayload();
		assertThat(buffer.isReadOnly()).isTrue();
		assertThat(buffer).isEqualTo(ByteBuffer.wrap(bytes));
	}

	@Test
	void aMessageAboveTheLimitClosesWith1009AndReconnects() throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.text("x".repeat(1024));
			connection.text("x".repeat(1025));
			connection.readSilently();
		});
		create(settings().maxMessageSize(DataSize.ofKilobytes(1)));
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1009");
		log().await("OPEN again");
		assertThat(log().lines().get(1)).startsWith("MESSAGE xxx");
		assertThat(log().lines().subList(2, 5)).containsExactly("ERROR MESSAGE_TOO_LARGE 1009", "CLOSE 1009 CLIENT",
				"RECONNECT 1");
	}

	@Test
	void repeatLimitBitesAgainstAcceptThenDrop() {
		server().behave(Behaviour.DROPPING);
		HeartbeatClient client = create(settings().repeatLimit(3).reconnectTimeout(Duration.ofMillis(50)));
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("EXHAUSTED 3");
		assertThat(log().count("OPEN")).isEqualTo(4);
		assertThat(log().count("CLOSE 1006 TRANSPORT")).isEqualTo(4);
		assertThat(log().lines().stream().filter((line) -> line.startsWith("RECONNECT"))).containsExactly("RECONNECT 1",
				"RECONNECT 2", "RECONNECT 3");
		assertThat(server().connections()).hasSize(4);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(reasonOf(client.send("too late"))).isEqualTo(Reason.CLOSED);
	}

	@Test
	void repeatLimitBitesAgainstAServerThatNeverAnswers() {
		server().behave(Behaviour.SILENT);
		create(settings().repeatLimit(2)
			.pingTimeout(Duration.ofMillis(100))
			.pongTimeout(Duration.ofMillis(100))
			.reconnectTimeout(Duration.ofMillis(50)));
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("EXHAUSTED 2");
		assertThat(log().count("CLOSE 1006 HEARTBEAT")).isEqualTo(3);
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
	void repeatLimitZeroNeverReconnects() throws Exception {
		open(settings().repeatLimit(0));
		server().connection(1).drop();
		log().await("EXHAUSTED");
		assertThat(log().lines()).endsWith("CLOSE 1006 TRANSPORT", "EXHAUSTED 0");
	}

	@Test
	void closeWhileARetryWaitsStopsForGood() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofMillis(300)));
		log().await("RECONNECT");
		client.close();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		server().acceptAgain();
		assertNoConnectionFor(Duration.ofMillis(800));
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "RECONNECT 1");
	}

	/**
	 * Time has to pass for nothing to happen in it.
	 */
	private void assertNoConnectionFor(Duration duration) {
		int before = server().connections().size();
		Awaitility.await()
			.during(duration)
			.atMost(duration.plusSeconds(5))
			.until(() -> server().connections().size() == before);
	}

	@Test
	void closeIsPoliteAndForGood() throws Exception {
		HeartbeatClient client = open(settings());
		WebSocketSession session = client.getSession();
		client.close(new CloseStatus(4000, "done"));
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(client.getSession()).isNull();
		assertThat(session.isOpen()).isFalse();
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 4000");
		server().connection(1).awaitEnd();
		log().await("CLOSE");
		assertNoConnectionFor(Duration.ofMillis(500));
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 4000 CLIENT");
		assertThat(reasonOf(client.send("too late"))).isEqualTo(Reason.CLOSED);
	}

	@Test
	void messagesAcceptedBeforeACloseAreStillWritten() throws Exception {
		HeartbeatClient client = open(settings());
		List<CompletableFuture<Void>> sends = IntStream.range(0, 100)
			.mapToObj((i) -> client.send("message " + i))
			.toList();
		client.close();
		CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
		for (int i = 0; i < 100; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT message " + i);
		}
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1000");
	}

	@Test
	void closeOverAFrozenLinkDropsTheSocketAfterCloseTimeout() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().closeTimeout(Duration.ofMillis(500)));
		long start = System.nanoTime();
		client.close();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(0.3);
		log().await("CLOSE 1000 CLIENT");
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		assertThat((frozen.awaitEnd() - start) / 1e9).isBetween(0.4, 3.0);
	}

	@Test
	void closeOverAFrozenLinkWithAFullBufferDropsTheSocketToo() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(
				settings().closeTimeout(Duration.ofMillis(500)).sendQueueBytes(DataSize.ofMegabytes(100)));
		String large = "x".repeat(1_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 30).mapToObj((i) -> client.send(large)).toList();
		client.close();
		until(() -> sends.stream().allMatch(CompletableFuture::isDone));
		assertThat(reasonOf(sends.get(29))).isEqualTo(Reason.CLOSED);
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1005, 1006, 1015, 1016, 2999 })
	void codesThatMayNotBeSentAreRefused(int code) {
		HeartbeatClient client = open(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> client.close(new CloseStatus(code)));
		assertThat(client.isOpen()).isTrue();
	}

	@Test
	void reopensAfterCloseWithoutEverHavingTwoConnections() throws Exception {
		HeartbeatClient client = open(settings());
		for (int i = 1; i <= 10; i++) {
			client.close();
			client.open();
			log().await("OPEN", i + 1);
			TestServer.Connection before = server().connection(i);
			assertThat(before.hasEnded()).isTrue();
		}
		assertThat(server().connections()).hasSize(11);
		assertThat(log().count("CLOSE 1000 CLIENT")).isEqualTo(10);
		assertThat(log().count("OPEN again")).isZero();
	}

	@Test
	void openConnectsOnceTheOldSocketIsGone() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().closeTimeout(Duration.ofMillis(600)));
		server().behave(Behaviour.ECHO);
		long start = System.nanoTime();
		client.close();
		client.open();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		Entry reopened = log().await("OPEN", 2);
		assertThat(reopened.secondsSince(start)).isBetween(0.5, 3.0);
	}

	@Test
	void openWhileOpenDoesNothing() {
		HeartbeatClient client = open(settings());
		client.open();
		client.send("still the same").join();
		log().await("MESSAGE");
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void reconnectReplacesTheConnectionAtOnce() throws Exception {
		HeartbeatClient client = open(settings().reconnectTimeout(Duration.ofSeconds(10)));
		client.reconnect();
		log().await("OPEN again");
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 1", "OPEN again");
		server().connection(1).awaitEnd();
	}

	@Test
	void reconnectCutsAWaitShort() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofSeconds(10)));
		log().await("RECONNECT");
		server().acceptAgain();
		client.reconnect();
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "RECONNECT 1", "RECONNECT 1", "OPEN");
	}

	@Test
	void reconnectRevivesAnExhaustedClientAndLeavesAStoppedOneAlone() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().repeatLimit(0));
		log().await("EXHAUSTED");
		server().acceptAgain();
		client.reconnect();
		log().await("OPEN");
		client.close();
		client.reconnect();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void twoFailureSignalsMakeOneReconnect() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(300))
			.pongTimeout(Duration.ofMillis(200))
			.sendTimeout(Duration.ofMillis(450))
			.sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = "x".repeat(1_000_000);
		for (int i = 0; i < 30; i++) {
			client.send(large);
		}
		TestServer.Connection frozen = server().connection(1);
		log().await("CLOSE");
		frozen.reset();
		log().await("OPEN again");
		client.send("alive").join();
		log().await("MESSAGE alive");
		assertThat(log().count("CLOSE")).isEqualTo(1);
		assertThat(log().count("RECONNECT")).isEqualTo(1);
		assertThat(server().connections()).hasSize(2);
	}

	@Test
	void closingTheSessionViewEndsThisConnectionOnly() throws Exception {
		HeartbeatClient client = open(settings());
		WebSocketSession session = client.getSession();
		session.sendMessage(new TextMessage("by the view"));
		log().await("MESSAGE by the view");
		session.close(new CloseStatus(4001));
		log().await("OPEN again");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE by the view", "CLOSE 4001 CLIENT", "RECONNECT 1",
				"OPEN again");
		assertThat(client.getSession()).isNotSameAs(session);
		assertThat(client.getSession().toString()).doesNotContain("localhost");
		assertThat(((NativeWebSocketSession) client.getSession()).getNativeSession(jakarta.websocket.Session.class))
			.isNotNull();
	}

	@Test
	void shutdownClosesWith1001() throws Exception {
		HeartbeatClient client = open(settings());
		CountDownLatch stopped = new CountDownLatch(1);
		clients().stop(stopped::countDown);
		assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1001");
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 1001 CLIENT");
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void shutdownOverAFrozenLinkTakesNoLongerThanCloseTimeoutAndLeavesNoSocket() throws Exception {
		server().behave(Behaviour.FROZEN);
		open(settings().closeTimeout(Duration.ofMillis(500)));
		CountDownLatch stopped = new CountDownLatch(1);
		long start = System.nanoTime();
		clients().stop(stopped::countDown);
		assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(3.0);
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void stopThenStartOpensAgainWhatWasOpen() throws Exception {
		HeartbeatClient open = open(settings());
		HeartbeatClient stopped = clients().create("other", settings().autoStartup(false).build());
		CountDownLatch quiet = new CountDownLatch(1);
		clients().stop(quiet::countDown);
		assertThat(quiet.await(10, TimeUnit.SECONDS)).isTrue();
		clients().start();
		log().await("OPEN", 2);
		assertThat(open.isOpen()).isTrue();
		assertThat(stopped.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void openFromTheLastHookOfAShutdownConnectsNothing() throws Exception {
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
				client.open();
			}
		}));
		CountDownLatch quiet = new CountDownLatch(1);
		clients().stop(quiet::countDown);
		assertThat(quiet.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void aListenerThatThrowsCostsNothingButAnError() {
		HookLog after = new HookLog();
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				throw new IllegalStateException("thrown by a test");
			}

			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new LinkageError("thrown by a test");
			}

			@Override
			public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
				throw new IllegalStateException("thrown by a test");
			}
		}).listener(after));
		client.send("one").join();
		client.send("two").join();
		log().await("MESSAGE two");
		log().await("ERROR", 3);
		assertThat(log().lines()).containsExactly("OPEN", "ERROR LISTENER", "MESSAGE one", "ERROR LISTENER",
				"MESSAGE two", "ERROR LISTENER");
		assertThat(after.lines()).isEqualTo(log().lines());
		assertThat(client.isOpen()).isTrue();
	}

	@Test
	void aSlowListenerIsNoDeadPeerAndHeartbeatsGoOutMeanwhile() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(200))
			.pongTimeout(Duration.ofMillis(200))
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					if (message.getPayload().equals("slow")) {
						awaitUninterruptibly(release);
					}
				}
			}));
		client.send("slow").join();
		assertThat(server().connection(1).next()).isEqualTo("TEXT slow");
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		}
		Awaitility.await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5)).until(client::isOpen);
		release.countDown();
		log().await("MESSAGE heartbeat", 3);
		assertThat(log().count("CLOSE")).isZero();
	}

	@Test
	void aStuckListenerDelaysNoOtherClient() {
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatListener stuck = new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				awaitUninterruptibly(release);
			}
		};
		for (int i = 0; i < 20; i++) {
			clients().create("stuck-" + i, settings().listener(stuck).build());
		}
		HeartbeatClient client = clients().create("test", settings().pingTimeout(Duration.ofMillis(100)).build());
		until(client::isOpen);
		log().await("MESSAGE heartbeat", 3);
		release.countDown();
	}

	@Test
	void aStuckListenerHoldsNoThreadOfAConnectionThatHasEnded() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			connection.text("welcome");
			connection.readSilently();
		});
		HeartbeatClient client = create(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				awaitUninterruptibly(release);
			}
		}));
		for (int i = 1; i <= 20; i++) {
			server().connection(i);
			until(client::isOpen);
			client.reconnect();
		}
		until(() -> Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getClassName().equals(HookQueue.class.getName())
						&& frame.getMethodName().equals("awaitTurn")))
			.count() <= 1);
		release.countDown();
		log().await("OPEN", 20);
	}

	@Test
	void aListenerThatCannotSayWhatItSupportsIsNotCalled() {
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public boolean supports(String clientName) {
				throw new IllegalStateException("thrown by a test");
			}

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				throw new IllegalStateException("must not be called");
			}
		}));
		client.send("hello").join();
		log().await("MESSAGE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE hello");
	}

	@Test
	void nothingIsDeliveredAfterCloseHasReturned() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				entered.countDown();
				awaitUninterruptibly(release);
			}
		}));
		IntStream.range(0, 100).forEach((i) -> client.send("message " + i));
		awaitUninterruptibly(entered);
		client.close();
		release.countDown();
		log().await("CLOSE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE message 0", "CLOSE 1000 CLIENT");
	}

	@Test
	void closeFromWithinAHookActsAtOnce() {
		List<HeartbeatClientState> states = new ArrayList<>();
		open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				client.close();
				states.add(client.getState());
			}
		})).send("close");
		log().await("CLOSE");
		assertThat(states).containsExactly(HeartbeatClientState.STOPPED);
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE close", "CLOSE 1000 CLIENT");
	}

	@Test
	void aGreetingFromTheOpenHookMayBeWaitedFor() throws Exception {
		open(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.send("hello").join();
			}
		})).send("after");
		assertThat(server().connection(1).next()).isEqualTo("TEXT hello");
		assertThat(server().connection(1).next()).isEqualTo("TEXT after");
	}

	@Test
	void hooksNeverRunOnTheTimerThread() {
		server().behave(Behaviour.SILENT);
		create(settings().pingTimeout(Duration.ofMillis(100)).pongTimeout(Duration.ofMillis(100)));
		log().await("OPEN", 3);
		assertThat(log().entries()).allSatisfy((entry) -> assertThat(entry.thread()).doesNotContain("timer"));
	}

	@Test
	void removedClientsCloseAndCannotBeOpened() throws Exception {
		HeartbeatClient client = open(settings());
		assertThat(clients().remove("test")).isTrue();
		assertThat(clients().remove("test")).isFalse();
		assertThat(clients().get("test")).isNull();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1000");
		assertThatIllegalStateException().isThrownBy(client::open).withMessageContaining("removed");
		assertThat(clients().create("test", settings().build())).isNotSameAs(client);
	}

	@Test
	void theHandshakeCarriesHeadersProtocolsAndCredentials() {
		HeartbeatClient client = open(
				HeartbeatClientSettings.builder("ws://us%20er:p%40ss@localhost:" + server().port() + "/path?a=b%20c")
					.header("X-List", "a, b")
					.protocols("v2", "v1"));
		TestServer.Connection connection = server().connection(1);
		assertThat(connection.requestLine()).isEqualTo("GET /path?a=b%20c HTTP/1.1");
		assertThat(connection.headers().get("Sec-WebSocket-Protocol")).matches("v2, ?v1");
		assertThat(connection.headers()).containsEntry("X-List", "a, b")
			.containsEntry("Authorization", "Basic dXMgZXI6cEBzcw==");
		assertThat(client.getSession().getAcceptedProtocol()).isEqualTo("v2");
	}

	@Test
	void handshakeCustomizersAreAskedBeforeEveryAttempt() throws Exception {
		AtomicInteger tokens = new AtomicInteger();
		server().behave(Behaviour.status(401));
		create(settings().header("Authorization", "old").handshakeCustomizer((name, handshake) -> {
			int token = tokens.incrementAndGet();
			if (token == 2) {
				throw new IOException("no token for " + name);
			}
			if (token == 4) {
				server().behave(Behaviour.ECHO);
			}
			handshake.getHeaders().set("Authorization", "Bearer " + token);
			handshake.setUrl(handshake.getUrl().resolve("/token/" + token));
		}));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 401", "RECONNECT 1",
				"ERROR HANDSHAKE_CUSTOMIZER", "RECONNECT 2", "ERROR HANDSHAKE_REFUSED 401", "RECONNECT 3", "OPEN");
		assertThat(server().connections()).extracting((connection) -> connection.headers().get("Authorization"))
			.containsExactly("Bearer 1", "Bearer 3", "Bearer 4");
		assertThat(server().connection(3).requestLine()).isEqualTo("GET /token/4 HTTP/1.1");
	}

	@Test
	void aHandshakeCustomizerMayFailInAnyWayWithoutEndingTheAttempts() {
		AtomicInteger calls = new AtomicInteger();
		create(settings().reconnectTimeout(Duration.ofMillis(20)).handshakeCustomizer((name, handshake) -> {
			switch (calls.incrementAndGet()) {
				case 1 -> throw new NoClassDefFoundError("thrown by a test");
				case 2 -> handshake.getHeaders().set("Authorization", "Bearer abc\r\nX-Injected: 1");
				case 3 -> handshake.setUrl(URI.create("http://localhost/"));
				case 4 -> handshake.getHeaders().set("Host", "elsewhere");
				default -> {
				}
			}
		}));
		log().await("OPEN");
		assertThat(log().count("ERROR HANDSHAKE_CUSTOMIZER")).isEqualTo(4);
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void aHandshakeCustomizerThatBlocksIsInterruptedAtTheDeadline() {
		CountDownLatch never = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger interrupts = new AtomicInteger();
		create(settings().connectTimeout(Duration.ofMillis(300)).handshakeCustomizer((name, handshake) -> {
			if (calls.incrementAndGet() == 1) {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					interrupts.incrementAndGet();
					throw ex;
				}
			}
		}));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR CONNECT_TIMEOUT", "RECONNECT 1", "OPEN");
		assertThat(interrupts).hasValue(1);
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
	void noMoreThanTheLimitConnectToOneOriginAtATimeAndNoOtherOriginWaits() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.readRequest();
			answer.await();
			connection.write(connection.acceptance());
			connection.echo();
		});
		List<HeartbeatClient> waiting = IntStream.range(0, 30)
			.mapToObj((i) -> clients().create("waiting-" + i, settings().connectTimeout(Duration.ofMinutes(1)).build()))
			.toList();
		until(() -> requests() == 8);
		try (TestServer other = new TestServer(Behaviour.ECHO)) {
			clients().create("other", HeartbeatClientSettings.builder(other.url()).build());
			log().await("OPEN");
		}
		assertNoRequestButFor(8);
		waiting.get(20).close();
		waiting.get(0).close();
		until(() -> requests() == 9);
		answer.countDown();
		until(() -> waiting.stream().filter(HeartbeatClient::isOpen).count() == 28);
	}

	private long requests() {
		return server().connections().stream().filter((connection) -> !connection.requestLine().isEmpty()).count();
	}

	/**
	 * Time has to pass for nothing to happen in it. Requests count, for Jetty may open a
	 * connection in advance.
	 */
	private void assertNoRequestButFor(int expected) {
		Awaitility.await()
			.during(Duration.ofMillis(300))
			.atMost(Duration.ofSeconds(5))
			.until(() -> requests() == expected);
	}

	@Test
	void idleClientsHoldNoThreadEach() {
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

	@Test
	void aClientThatIsStoppedBeforeTheNetworkAnswersLeavesNothingBehind() throws Exception {
		server().behave(Behaviour.MUTE);
		HeartbeatClient client = create(settings());
		server().connection(1);
		client.close();
		TestServer.Connection mute = server().connection(1);
		mute.thaw();
		mute.awaitEnd();
		assertThat(log().lines()).isEmpty();
	}

}
