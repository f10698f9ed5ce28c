package io.github.heartbeat.internal.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests sent and received messages and the completion of the futures of sends.
 */
class MessageIntegrationTests extends ConnectionContract {

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
	void futuresEndNeitherOnTheTimerNorOnAWritingThread() {
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
	void anActionOfOneFutureMayWaitForAnother() {
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

	/**
	 * A socket whose buffer is nearly full accepts only a part of a write.
	 */
	@Test
	void manyMessagesArriveWholeAndInOrderWhenThePeerReadsLate() {
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
	@RequiresSocket("no write blocks")
	void aWriteBlockedForSendTimeoutEndsTheConnection() {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(
				settings().sendTimeout(Duration.ofMillis(500)).sendQueueBytes(DataSize.ofMegabytes(100)));
		server().behave(Behaviour.ECHO);
		String large = incompressible(1_000_000);
		for (int i = 0; i < 30; i++) {
			client.send(large);
		}
		log().await("OPEN again");
		assertThat(log().lines()).startsWith("OPEN", "ERROR WRITE_TIMEOUT 1006", "CLOSE 1006 TRANSPORT", "RECONNECT 1");
	}

	@Test
	@RequiresSocket("no write blocks")
	void aFullQueueRefusesMessages() {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().sendQueueMessages(3).sendQueueBytes(DataSize.ofMegabytes(100)));
		String large = incompressible(8_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 10).mapToObj((i) -> client.send(large)).toList();
		assertThat(reasonOf(sends.get(9))).isEqualTo(Reason.QUEUE_FULL);
		assertThat(client.isOpen()).isTrue();
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
	void theOpenHookMayWaitForItsGreeting() throws Exception {
		open(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.send("hello").join();
			}
		})).send("after");
		assertThat(server().connection(1).next()).isEqualTo("TEXT hello");
		assertThat(server().connection(1).next()).isEqualTo("TEXT after");
	}

	/**
	 * Return a text that compression shrinks to three quarters at best.
	 */
	private static String incompressible(int length) {
		byte[] bytes = new byte[length * 3 / 4];
		new Random(length).nextBytes(bytes);
		return Base64.getEncoder().encodeToString(bytes);
	}

}
