package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.test.internal.InMemoryConnection;
import io.github.heartbeat.test.internal.InMemoryContainerSupport;
import io.github.heartbeat.test.internal.InMemoryHandshake;
import io.github.heartbeat.test.internal.InMemoryServer;
import io.github.heartbeat.testing.HookGrammar;
import io.github.heartbeat.testing.HookLog;
import jakarta.websocket.DeploymentException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads concurrently perform every operation on one client, on real executors and
 * a real timer, over a network that behaves randomly.
 */
class StateMachineStressTests {

	private static final int THREADS = 6;

	private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final int FEWEST_CONNECTIONS = 50;

	private final EngineResources engine = EngineResources.create(false);

	private final AtomicInteger pendingTimers = new AtomicInteger();

	private final ErraticNetwork network = new ErraticNetwork();

	private final HookLog log = new HookLog();

	private final Queue<CompletableFuture<Void>> sends = new ConcurrentLinkedQueue<>();

	private DefaultHeartbeatClient client;

	@RepeatedTest(4)
	void everyInvariantHolds(RepetitionInfo repetition) throws Exception {
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost/")
			.pingTimeout(Duration.ofMillis(3))
			.pongTimeout(Duration.ofMillis(3))
			.reconnectTimeout(Duration.ofNanos(200_000))
			.connectTimeout(Duration.ofMillis(5))
			.closeTimeout(Duration.ofMillis(2))
			.sendTimeout(Duration.ofMillis(5))
			.sendTimeToLive((repetition.getCurrentRepetition() % 2 == 0) ? Duration.ofMillis(5) : Duration.ofMinutes(1))
			.sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.reconnectPolicy((name, attempt, elapsed, cause) -> (attempt % 3 == 0)
					? HeartbeatReconnectDecision.waitFor(Duration.ZERO) : HeartbeatReconnectDecision.undecided())
			.build();
		EngineResources counting = new EngineResources(this.engine.ticker(), this::schedule, this.engine.random(),
				new EngineExecutors(this.engine.connects(), this.engine.io(), this.engine.cancels(),
						this.engine.aborts(), this.engine.hooks(), this.engine.futures(), this.engine.logs()),
				this.engine.pauseDetector(), () -> {
				}, this.engine::shutdown);
		this.client = TestClients.client("test", settings, () -> List.of(this.log.first(), this.log), List::of,
				this.network.container, new ConnectLimiter(1, counting.io()), counting);
		this.client.findExtensions();
		this.client.machine().start();
		try {
			hammer();
			settle();
			check();
		}
		finally {
			this.client.machine().destroy();
			counting.shutdown();
		}
	}

	private Timer.Timeout schedule(Runnable task, long delayNanos) {
		this.pendingTimers.incrementAndGet();
		AtomicInteger once = new AtomicInteger();
		Runnable done = () -> {
			if (once.getAndIncrement() == 0) {
				this.pendingTimers.decrementAndGet();
			}
		};
		Timer.Timeout timeout = this.engine.timer().schedule(() -> {
			done.run();
			task.run();
		}, delayNanos);
		return () -> {
			timeout.cancel();
			done.run();
		};
	}

	private void hammer() throws InterruptedException {
		CountDownLatch start = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Random random = new Random(i);
			Thread thread = new Thread(() -> {
				try {
					start.await();
					long begin = System.nanoTime();
					while (!isEnough(System.nanoTime() - begin)) {
						act(random);
						LockSupport.parkNanos(random.nextInt(400_000));
					}
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			}, "stress-" + i);
			threads.add(thread);
			thread.start();
		}
		start.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
	}

	/**
	 * A busy machine needs more time for the same number of connections.
	 */
	private boolean isEnough(long nanos) {
		return nanos >= NANOS && (nanos >= MOST_NANOS || this.network.adopted().size() > FEWEST_CONNECTIONS);
	}

	private void act(Random random) throws IOException {
		switch (random.nextInt(12)) {
			case 0 -> this.client.close();
			case 1, 2 -> this.client.open();
			case 3 -> this.client.reconnect();
			case 4 -> {
				WebSocketSession session = this.client.getSession();
				if (session != null) {
					session.close();
				}
			}
			case 5 -> this.network.onLast(ErraticPeer::close);
			case 6 -> this.network.onLast(ErraticPeer::drop);
			case 7, 8 -> this.network.onLast(ErraticPeer::send);
			case 9 -> Thread.yield();
			default -> {
				CompletableFuture<Void> send = this.client.send("message");
				this.sends.add(send);
			}
		}
	}

	private void settle() {
		this.network.calm = true;
		this.client.open();
		until(() -> {
			this.client.open();
			return this.client.isOpen();
		});
		until(() -> this.network.liveConnections() == 1);
		this.client.close();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		until(() -> this.network.liveConnections() == 0);
		until(() -> this.sends.stream().allMatch(CompletableFuture::isDone));
		until(() -> this.pendingTimers.get() == 0);
	}

	private void check() {
		HookGrammar.checkWithCloses(this.log.lines());
		assertThat(this.log.hasOverlapped()).isFalse();
		long sent = this.sends.stream().filter((send) -> !send.isCompletedExceptionally()).count();
		assertThat(sent).as("sends that ended normally, none of them unwritten")
			.isPositive()
			.isLessThanOrEqualTo(this.network.peers.stream().mapToLong((peer) -> peer.messages.get()).sum());
		List<ErraticPeer> adopted = this.network.adopted();
		assertThat(adopted).hasSizeGreaterThan(FEWEST_CONNECTIONS);
		for (int i = 1; i < adopted.size(); i++) {
			assertThat(adopted.get(i).createdAt - adopted.get(i - 1).goneAt())
				.as("two connections at once, %s of %s", i, adopted.size())
				.isNotNegative();
		}
	}

	private static void until(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(1))
			.until(condition::getAsBoolean);
	}

	/**
	 * Accepts, refuses, hangs, and delivers sessions after their attempt was abandoned.
	 */
	private static final class ErraticNetwork implements InMemoryServer {

		private final InMemoryContainerSupport container = new InMemoryContainerSupport(this, () -> Runnable::run);

		private final List<ErraticPeer> peers = new CopyOnWriteArrayList<>();

		private final Map<InMemoryConnection, ErraticPeer> peersByConnection = new ConcurrentHashMap<>();

		private final AtomicInteger attempts = new AtomicInteger();

		private volatile boolean calm;

		@Override
		public void handshake(InMemoryHandshake handshake) throws DeploymentException {
			int number = this.calm ? 0 : this.attempts.getAndIncrement();
			switch (number % 4) {
				case 1 -> throw new DeploymentException("refused", new ConnectException("refused"));
				case 2 -> hang(10);
				case 3 -> {
					hang(8);
					accept(handshake);
				}
				default -> accept(handshake);
			}
		}

		/**
		 * Wait until the client abandons the attempt.
		 */
		private void hang(long mostMillis) {
			try {
				new CountDownLatch(1).await(mostMillis, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void accept(InMemoryHandshake handshake) {
			peer(handshake.accept()).opening = false;
		}

		@Override
		public void connected(InMemoryConnection connection) {
			ErraticPeer peer = new ErraticPeer(connection);
			this.peersByConnection.put(connection, peer);
			this.peers.add(peer);
		}

		private ErraticPeer peer(InMemoryConnection connection) {
			return this.peersByConnection.get(connection);
		}

		@Override
		public void received(InMemoryConnection connection, WebSocketMessage<?> message) throws IOException {
			peer(connection).received(message);
		}

		@Override
		public void heartbeat(InMemoryConnection connection, WebSocketMessage<?> heartbeat) throws IOException {
			peer(connection).received(heartbeat);
		}

		@Override
		public void closed(InMemoryConnection connection, CloseStatus status) {
			if (peer(connection).answersClose()) {
				connection.closeSocket();
			}
		}

		@Override
		public void aborted(InMemoryConnection connection) {
			peer(connection).aborted();
		}

		private void onLast(Consumer<ErraticPeer> event) {
			int size = this.peers.size();
			if (size > 0) {
				event.accept(this.peers.get(size - 1));
			}
		}

		private List<ErraticPeer> adopted() {
			return this.peers.stream()
				.filter((peer) -> peer.adopted)
				.sorted(Comparator.comparingLong((peer) -> peer.createdAt))
				.toList();
		}

		private long liveConnections() {
			return this.peers.stream().filter((peer) -> !peer.connection.isGone()).count();
		}

	}

	private static final class ErraticPeer {

		private final InMemoryConnection connection;

		private final Thread opener = Thread.currentThread();

		private final long createdAt = System.nanoTime();

		private long goneAt;

		private boolean gone;

		private volatile boolean opening = true;

		/** An attempt drops a late session on the thread that opens it. */
		private volatile boolean adopted = true;

		private final AtomicInteger writes = new AtomicInteger();

		private final AtomicInteger messages = new AtomicInteger();

		ErraticPeer(InMemoryConnection connection) {
			this.connection = connection;
		}

		void send() {
			this.connection.deliver("message");
		}

		void close() {
			goes();
			this.connection.closeSocket();
			this.connection.reportClose(1001);
		}

		void drop() {
			this.connection.reportError();
			if (this.writes.get() % 2 == 0) {
				close();
			}
		}

		/**
		 * Called before the connection counts as closed.
		 */
		private synchronized void goes() {
			if (!this.gone) {
				this.goneAt = System.nanoTime();
				this.gone = true;
			}
		}

		private synchronized long goneAt() {
			return this.gone ? this.goneAt : Long.MAX_VALUE;
		}

		private void received(WebSocketMessage<?> message) throws IOException {
			if (this.writes.incrementAndGet() % 7 == 0) {
				throw new IOException("broken");
			}
			if (message.getPayload().equals("message")) {
				this.messages.incrementAndGet();
			}
		}

		private boolean answersClose() {
			boolean answered = this.writes.incrementAndGet() % 2 == 0;
			if (answered) {
				goes();
			}
			return answered;
		}

		private void aborted() {
			if (this.opening && Thread.currentThread() == this.opener) {
				this.adopted = false;
			}
			goes();
		}

	}

}
