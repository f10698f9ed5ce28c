package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests session initializers on real sockets.
 */
class SessionInitializerIntegrationTests extends EachContainer {

	private static final int SENDERS = 4;

	private final Queue<List<String>> connections = new ConcurrentLinkedQueue<>();

	/**
	 * Record all texts of each connection, and answer each with texts.
	 */
	private void record(Connection connection, Function<String, List<String>> answers) throws IOException {
		connection.upgrade();
		List<String> texts = new ArrayList<>();
		this.connections.add(texts);
		while (true) {
			String text = connection.readText();
			synchronized (texts) {
				texts.add(text);
			}
			for (String answer : answers.apply(text)) {
				connection.text(answer);
			}
		}
	}

	@Test
	@Timeout(120)
	void theOrderOnTheWireHoldsUnderLoad() throws Exception {
		server().behave((connection) -> record(connection,
				(text) -> text.equals(EchoLogin.LOGIN) ? List.of("early", text) : List.of(text)));
		HeartbeatClient client = open(settings().sessionInitializer(new EchoLogin())
			.sendOnOpen("greeting")
			.sendQueueMessages(1_000_000)
			.sendQueueBytes(DataSize.ofMegabytes(100))
			.sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.reconnectTimeout(Duration.ofMillis(1))
			.listener(new HeartbeatListener() {

				@Override
				public void onOpen(HeartbeatClient opened, WebSocketSession session, boolean reconnect) {
					opened.send("hook");
				}

			}));
		client.subscribe("a", "subscribe a", null);
		client.subscribe("b", "subscribe b", null);
		AtomicBoolean stop = new AtomicBoolean();
		List<Thread> senders = new ArrayList<>();
		for (int i = 0; i < SENDERS; i++) {
			Thread sender = new Thread(sending(client, i, stop));
			sender.start();
			senders.add(sender);
		}
		for (int i = 0; i < 50; i++) {
			client.reconnect();
			until(client::isOpen);
		}
		stop.set(true);
		for (Thread sender : senders) {
			sender.join();
		}
		client.send("last").join();
		until(() -> this.connections.stream().anyMatch((texts) -> snapshot(texts).contains("last")));
		assertThat(this.connections).hasSizeGreaterThan(50);
		List<String> prefix = List.of(EchoLogin.LOGIN, "greeting", "hook", "subscribe a", "subscribe b");
		assertThat(this.connections.stream().skip(1)).allSatisfy((texts) -> {
			List<String> complete = snapshot(texts);
			int length = Math.min(prefix.size(), complete.size());
			assertThat(complete.subList(0, length)).isEqualTo(prefix.subList(0, length));
			for (int i = 0; i < SENDERS; i++) {
				String sender = "sender " + i + " ";
				assertThat(complete.stream()
					.filter((text) -> text.startsWith(sender))
					.map((text) -> Integer.valueOf(text.substring(sender.length())))).isSorted();
			}
		});
		assertThat(log().lines().stream().filter((line) -> line.equals("MESSAGE login"))).isEmpty();
		assertEarlyMessagesFollowTheOpen();
	}

	private void assertEarlyMessagesFollowTheOpen() {
		List<String> lines = log().lines();
		for (int i = 0; i < lines.size(); i++) {
			if (lines.get(i).equals("MESSAGE early")) {
				assertThat(lines.get(i - 1)).startsWith("OPEN");
			}
		}
		assertThat(lines).contains("MESSAGE early");
	}

	private static List<String> snapshot(List<String> texts) {
		synchronized (texts) {
			return texts.stream().filter((text) -> !text.equals("heartbeat")).toList();
		}
	}

	private static Runnable sending(HeartbeatClient client, int sender, AtomicBoolean stop) {
		return () -> {
			for (int i = 0; !stop.get(); i++) {
				client.send("sender " + sender + " " + i);
				LockSupport.parkNanos(500_000);
			}
		};
	}

	@Test
	void aQueueWaitsThroughTenFailedLogins() {
		AtomicInteger logins = new AtomicInteger();
		server().behave((connection) -> record(connection,
				(text) -> List.of((text.equals(EchoLogin.LOGIN) && logins.incrementAndGet() <= 10) ? "denied" : text)));
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofMillis(20))
			.sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.sessionInitializer(new HeartbeatSessionInitializer() {

				@Override
				public void initialize(HeartbeatSession session) {
					session.send(EchoLogin.LOGIN);
				}

				@Override
				public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
					if (message.getPayload().equals("denied")) {
						session.fail("The login was denied");
					}
					else {
						session.ready();
					}
					return true;
				}

			}));
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			sends.add(client.send("queued " + i));
		}
		log().await("MESSAGE queued 99");
		sends.forEach(CompletableFuture::join);
		assertThat(log().count("ERROR NOT_READY")).isEqualTo(10);
		assertThat(log().count("OPEN")).isOne();
		assertThat(this.connections).hasSize(11);
		assertThat(this.connections.stream().limit(10)).allMatch(List.of(EchoLogin.LOGIN)::equals);
		List<String> last = snapshot(this.connections.stream().skip(10).findFirst().orElseThrow());
		assertThat(last).hasSize(101).doesNotHaveDuplicates();
	}

	@Test
	void theInitializerHoldsBackReading() throws Exception {
		int messages = 4_000;
		int size = 10_000;
		AtomicInteger written = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger next = new AtomicInteger();
		AtomicBoolean ordered = new AtomicBoolean(true);
		server().behave((connection) -> {
			connection.upgrade();
			for (int i = 0; i < messages; i++) {
				connection.text(i + "x".repeat(size));
				written.incrementAndGet();
			}
			connection.readSilently();
		});
		HeartbeatClient client = create(settings().maxMessageSize(DataSize.ofKilobytes(20))
			.connectTimeout(Duration.ofSeconds(40))
			.sessionInitializer(new HeartbeatSessionInitializer() {

				@Override
				public void initialize(HeartbeatSession session) {
					session.getAttributes().put("begun", true);
				}

				@Override
				public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
					awaitUninterruptibly(release);
					int number = next.getAndIncrement();
					if (!((String) message.getPayload()).startsWith(number + "x")) {
						ordered.set(false);
					}
					if (number == messages - 1) {
						session.ready();
					}
					return true;
				}

			}));
		int[] last = { -1 };
		await(Duration.ofSeconds(20), Duration.ofMillis(500), () -> {
			int now = written.get();
			boolean stopped = now > 0 && now == last[0];
			last[0] = now;
			return stopped;
		});
		assertThat(written).hasValueLessThan(messages);
		assertThat(next).hasValue(0);
		release.countDown();
		await(Duration.ofSeconds(20), Duration.ofMillis(10), client::isOpen);
		assertThat(ordered).isTrue();
		assertThat(next).hasValue(messages);
		assertThat(log().count("MESSAGE")).isZero();
	}

	@Test
	void aLoginOccupiesNoPlaceAmongTheConnectsToAnOrigin() throws Exception {
		DefaultHeartbeatClients clients = TestClients.create(this.container, 1);
		try {
			clients.start();
			HeartbeatSessionInitializer slow = (session) -> session.send("slow");
			HeartbeatClient first = clients.create("first",
					unlogged().connectTimeout(Duration.ofSeconds(40)).sessionInitializer(slow).build());
			until(() -> server().connections().size() == 1 && server().connection(1).received().contains("TEXT slow"));
			HeartbeatClient second = clients.create("second", unlogged().build());
			until(second::isOpen);
			assertThat(first.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		}
		finally {
			clients.destroy();
		}
	}

	/**
	 * Return settings for clients that do not have the log of this class, which would see
	 * the beginning of their hooks only.
	 */
	private HeartbeatClientSettings.Builder unlogged() {
		return HeartbeatClientSettings.builder(server().url());
	}

	@Test
	void theSessionCanBecomeReadyOnAnotherThread() {
		AtomicBoolean early = new AtomicBoolean();
		HeartbeatClient client = open(settings().sessionInitializer((session) -> {
			Thread login = new Thread(() -> {
				session.send(EchoLogin.LOGIN).join();
				early.set(session.getClient().isOpen());
				session.ready();
				session.ready();
				session.fail("Too late");
			});
			login.start();
		}));
		assertThat(early).isFalse();
		log().await("MESSAGE login");
		assertThat(client.isOpen()).isTrue();
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE login");
	}

	@Test
	void anInitializerThatBlocksFailsTheAttemptOnTime() {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		HeartbeatClient client = create(
				settings().connectTimeout(Duration.ofMillis(500)).sessionInitializer((session) -> {
					if (calls.incrementAndGet() == 1) {
						awaitUninterruptibly(release);
					}
					session.ready();
				}));
		until(() -> client.getState() == HeartbeatClientState.WAITING);
		assertThat(client.getSnapshot().lastError().cause().getMessage())
			.isEqualTo("The session was not ready within connect-timeout (500 ms)");
		until(() -> server().connection(1).hasEnded());
		release.countDown();
		log().await("OPEN");
		assertThat(log().lines().get(0)).isEqualTo("ERROR NOT_READY");
	}

	@Test
	void aCloseDuringTheLoginMeetsStopOn() {
		server().behave((connection) -> {
			connection.upgrade();
			connection.readText();
			connection.close(4401);
			connection.readSilently();
		});
		HeartbeatClient client = create(settings().stopOnCloseCodes("4401").sessionInitializer(new EchoLogin()));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR NOT_READY 4401", "EXHAUSTED 0");
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
	}

	@Test
	void aShutdownDuringALoginLeavesNothing() {
		CountDownLatch initializing = new CountDownLatch(1);
		create(settings().connectTimeout(Duration.ofSeconds(40)).sessionInitializer((session) -> {
			initializing.countDown();
			session.send("slow");
		}));
		awaitUninterruptibly(initializing);
		clients().stop();
		assertThat(log().lines()).isEmpty();
	}

}
