package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests listeners that block for a long time. The clients of both containers block at the
 * same time, so that the test waits only once.
 */
class BlockingHooksIntegrationTests {

	private final Map<String, List<Long>> heartbeats = new ConcurrentHashMap<>();

	private final CountDownLatch release = new CountDownLatch(1);

	private final List<Side> sides = new ArrayList<>();

	private TestServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = new TestServer(this::serve);
		this.sides.add(new Side(HeartbeatContainer.TOMCAT));
		this.sides.add(new Side(HeartbeatContainer.JETTY));
	}

	@AfterEach
	void stop() throws IOException {
		this.release.countDown();
		this.sides.forEach((side) -> side.clients.destroy());
		this.server.close();
		OurThreads.awaitNone();
	}

	/**
	 * Echo each message, record its time, and drop the connection on request.
	 */
	private void serve(TestServer.Connection connection) throws IOException {
		connection.upgrade();
		List<Long> times = this.heartbeats.computeIfAbsent(connection.requestLine().split(" ")[1],
				(path) -> new ArrayList<>());
		while (true) {
			String text = connection.readText();
			synchronized (times) {
				times.add(System.nanoTime());
			}
			if (text.equals("drop")) {
				connection.drop();
				return;
			}
			connection.text(text);
		}
	}

	/**
	 * Six clients of each container each block in one hook for half a minute, which is
	 * twenty times the time limit for the answer to a heartbeat.
	 */
	@Test
	@Timeout(120)
	void hooksThatBlockForHalfAMinuteHarmNobody() {
		this.sides.forEach(Side::block);
		List<HeartbeatClient> all = this.sides.stream().flatMap((side) -> side.all().stream()).toList();
		LiveClients.until(() -> all.stream().allMatch(HeartbeatClient::isOpen));
		long start = System.nanoTime();
		Awaitility.await()
			.during(Duration.ofSeconds(30))
			.atMost(Duration.ofSeconds(40))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> all.stream().allMatch(HeartbeatClient::isOpen));
		long end = System.nanoTime();
		assertThat(this.sides).flatMap((side) -> side.blockers)
			.allSatisfy((blocker) -> assertThat(blocker.left.getCount()).isOne());
		this.release.countDown();
		this.sides.forEach((side) -> side.assertUnharmed(start, end));
	}

	/**
	 * Return the longest time without an event, in seconds.
	 */
	private static double longestGap(List<Long> times, long start, long end) {
		List<Long> marks = new ArrayList<>();
		marks.add(start);
		synchronized (times) {
			times.stream().filter((time) -> time > start && time < end).forEach(marks::add);
		}
		marks.add(end);
		return IntStream.range(1, marks.size()).mapToLong((i) -> marks.get(i) - marks.get(i - 1)).max().orElseThrow()
				/ 1e9;
	}

	private enum Hook {

		OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED

	}

	/**
	 * The clients of one container. One client blocks in each hook, and ten are healthy.
	 */
	private final class Side {

		private final HookLog log = new HookLog();

		private final List<Blocker> blockers = Stream.of(Hook.values()).map(Blocker::new).toList();

		private final List<HeartbeatClient> healthy = new ArrayList<>();

		private final String path;

		private final DefaultHeartbeatClients clients;

		Side(HeartbeatContainer container) {
			this.path = "/" + container.name().toLowerCase(Locale.ROOT) + "-";
			this.clients = TestClients.create(container,
					TestClients.extensions(() -> List.of(this.log), List::of, TestClients.noBundles()));
			this.clients.start();
		}

		void block() {
			this.blockers.forEach((blocker) -> blocker.client = this.clients.create(blocker.name(),
					blocker.complete(settings(blocker.name())).build()));
			for (int i = 0; i < 10; i++) {
				this.healthy.add(this.clients.create("healthy-" + i, settings("healthy-" + i).build()));
			}
			this.blockers.forEach(Blocker::provoke);
			this.blockers.forEach((blocker) -> LiveClients.awaitUninterruptibly(blocker.entered));
			this.clients.get("exhausted").open();
		}

		/**
		 * An answer may take longer than a busy machine stalls, but much less time than a
		 * hook blocks. The first connection of a JVM loads the container within its
		 * deadline.
		 */
		private HeartbeatClientSettings.Builder settings(String name) {
			String url = BlockingHooksIntegrationTests.this.server.url().replace("/test", this.path + name);
			return HeartbeatClientSettings.builder(url)
				.listener(this.log.first())
				.reconnectTimeout(Duration.ofMillis(200))
				.reconnectJitter(0)
				.connectTimeout(Duration.ofSeconds(20))
				.pingTimeout(Duration.ofMillis(300))
				.pongTimeout(Duration.ofMillis(1500));
		}

		List<HeartbeatClient> all() {
			return Stream.concat(this.blockers.stream().map((blocker) -> blocker.client), this.healthy.stream())
				.toList();
		}

		void assertUnharmed(long start, long end) {
			for (HeartbeatClient client : all()) {
				List<Long> times = BlockingHooksIntegrationTests.this.heartbeats.get(this.path + client.getName());
				assertThat(longestGap(times, start, end)).as(this.path + client.getName()).isLessThan(3);
				client.send("alive " + client.getName()).join();
				this.log.await("MESSAGE alive " + client.getName());
			}
			assertThat(all()).allMatch(HeartbeatClient::isOpen);
			assertThat(this.log.hasOverlapped()).isFalse();
			assertThat(this.log.count("CLOSE 1006 TRANSPORT")).isEqualTo(3);
			assertThat(this.log.count("CLOSE")).isEqualTo(3);
		}

	}

	/**
	 * Blocks in one hook until it is released.
	 */
	private final class Blocker implements HeartbeatListener {

		private final Hook hook;

		private final AtomicBoolean begun = new AtomicBoolean();

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch left = new CountDownLatch(1);

		private HeartbeatClient client;

		Blocker(Hook hook) {
			this.hook = hook;
		}

		String name() {
			return this.hook.name().toLowerCase(Locale.ROOT);
		}

		HeartbeatClientSettings.Builder complete(HeartbeatClientSettings.Builder settings) {
			if (this.hook == Hook.EXHAUSTED) {
				settings.repeatLimit(0);
			}
			if (this.hook == Hook.ERROR) {
				AtomicBoolean failed = new AtomicBoolean();
				settings.pingMessageSupplier((name) -> {
					if (failed.compareAndSet(false, true)) {
						throw new IllegalStateException("for the test");
					}
					return null;
				});
			}
			return settings.listener(this);
		}

		void provoke() {
			LiveClients.until(this.client::isOpen);
			switch (this.hook) {
				case MESSAGE -> this.client.send("block");
				case CLOSE, RECONNECT, EXHAUSTED -> this.client.send("drop");
				default -> {
				}
			}
		}

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			blockIn(Hook.OPEN);
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			if (message.getPayload().equals("block")) {
				blockIn(Hook.MESSAGE);
			}
		}

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			if (cause.getKind() == Kind.PING_MESSAGE) {
				blockIn(Hook.ERROR);
			}
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			blockIn(Hook.CLOSE);
		}

		@Override
		public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
				HeartbeatConnectionException cause) {
			blockIn(Hook.RECONNECT);
		}

		@Override
		public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
			blockIn(Hook.EXHAUSTED);
		}

		private void blockIn(Hook hook) {
			if (hook == this.hook && this.begun.compareAndSet(false, true)) {
				this.entered.countDown();
				try {
					BlockingHooksIntegrationTests.this.release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				this.left.countDown();
			}
		}

	}

}
