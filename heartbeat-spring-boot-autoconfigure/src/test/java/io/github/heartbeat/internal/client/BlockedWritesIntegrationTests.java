package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.internal.container.SessionTransport;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads send as fast as they can to a peer that does not read, reads slowly or is
 * not available. Tests the outcome of each message, and that no other client is affected.
 */
class BlockedWritesIntegrationTests extends EachContainer {

	private static final int THREADS = 8;

	/**
	 * The client determines the length of a message before it refuses it. With a shorter
	 * pause, this takes most of the processor time.
	 */
	private static final long PAUSE_AFTER_REFUSAL = TimeUnit.MILLISECONDS.toNanos(5);

	private static final int MAX_MESSAGES = 64;

	private static final String FILLER = TestServer.incompressible(64 * 1024);

	/** Larger than the buffers of two sockets together, so that writing it blocks. */
	private static final String HUGE = TestServer.incompressible(30_000_000);

	private boolean compressed;

	/**
	 * The first attempt of a JVM loads the classes of the container within its deadline.
	 */
	@Override
	protected HeartbeatClientSettings.Builder settings(String url) {
		return super.settings(url).connectTimeout(Duration.ofSeconds(20)).compressionEnabled(this.compressed);
	}

	private void compress(boolean compressed) {
		this.compressed = compressed;
		server().compress();
	}

	private HeartbeatClientSettings.Builder boundedSettings() {
		return settings().sendQueueMessages(MAX_MESSAGES)
			.sendQueueBytes(DataSize.ofMegabytes(4))
			.sendTimeout(Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aPeerThatDoesNotReadLosesNothingSilentlyAndHarmsNobodyElse(boolean compressed) throws Exception {
		compress(compressed);
		try (TestServer elsewhere = new TestServer(Behaviour.ECHO)) {
			Bystanders bystanders = new Bystanders(elsewhere);
			HookLog own = new HookLog();
			Arrivals arrivals = new Arrivals(0);
			server().behave(Behaviour.FROZEN);
			HeartbeatClient client = create(boundedSettings().sendTimeout(Duration.ofSeconds(4)).listener(own));
			own.await("OPEN");
			server().behave(arrivals);
			bystanders.watch();
			long start = System.nanoTime();
			Senders senders = new Senders(client, () -> (int) own.count("OPEN"), FILLER.length(), 0);
			own.await("OPEN again");
			until(() -> arrivals.count() > 200);
			senders.stop();
			assertThat(client.getSnapshot().compressed()).isEqualTo(compressed);
			bystanders.assertUnharmed();
			assertThat(own.lines()).containsExactly("OPEN", "ERROR WRITE_TIMEOUT 1006", "CLOSE 1006 TRANSPORT",
					"RECONNECT 1", "OPEN again");
			assertThat(own.await("ERROR").secondsSince(start)).isGreaterThan(3.9);
			senders.assertEachEnded();
			assertThat(senders.outcomes()).contains("sent", Reason.QUEUE_FULL, Reason.CONNECTION_LOST)
				.isSubsetOf("sent", Reason.QUEUE_FULL, Reason.CONNECTION_LOST, Reason.NOT_OPEN);
			assertThat(senders.messages).filteredOn((message) -> message.outcome == Reason.CONNECTION_LOST)
				.allMatch((message) -> message.connection == 1);
			assertThat(senders.fewestWaitingWhenFull).hasValueGreaterThanOrEqualTo(MAX_MESSAGES);
			assertThat(server().connections()).hasSize(2);
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertTheSecondConnectionBrought(arrivals, senders));
		}
	}

	/**
	 * Nothing that was written to the first connection was read. The second connection
	 * must have brought every message of a thread, from the first one it brought on.
	 */
	private static void assertTheSecondConnectionBrought(Arrivals arrivals, Senders senders) {
		for (int thread = 0; thread < THREADS; thread++) {
			List<Integer> arrived = arrivals.of(thread);
			int first = arrived.isEmpty() ? Integer.MAX_VALUE : arrived.get(0);
			List<Message> sent = senders.of(thread)
				.stream()
				.filter((message) -> message.outcome.equals("sent"))
				.toList();
			assertThat(arrived)
				.isEqualTo(sent.stream().map(Message::number).filter((number) -> number >= first).toList());
			assertThat(sent).filteredOn((message) -> message.connection == 2)
				.allMatch((message) -> message.number >= first);
		}
	}

	@Test
	void aPeerThatReadsSlowlyGetsEverythingInOrder() throws Exception {
		try (TestServer elsewhere = new TestServer(Behaviour.ECHO)) {
			Bystanders bystanders = new Bystanders(elsewhere);
			Arrivals arrivals = new Arrivals(2);
			server().behave(arrivals);
			HeartbeatClient client = create(boundedSettings().sendTimeout(Duration.ofSeconds(5)));
			until(client::isOpen);
			bystanders.watch();
			AtomicInteger refusals = new AtomicInteger();
			CompletableFuture<?>[] threads = IntStream.range(0, THREADS)
				.mapToObj((thread) -> Senders.elsewhere(() -> sendUntilAccepted(client, thread, 100, refusals)))
				.toArray(CompletableFuture[]::new);
			CompletableFuture.allOf(threads).get(40, TimeUnit.SECONDS);
			until(() -> arrivals.count() == THREADS * 100);
			bystanders.assertUnharmed();
			assertThat(refusals).as("The bounds were met").hasPositiveValue();
			assertThat(client.isOpen()).isTrue();
			assertThat(server().connections()).hasSize(1);
			for (int thread = 0; thread < THREADS; thread++) {
				assertThat(arrivals.of(thread)).isEqualTo(IntStream.range(0, 100).boxed().toList());
			}
		}
	}

	private static void sendUntilAccepted(HeartbeatClient client, int thread, int count, AtomicInteger refusals) {
		List<CompletableFuture<Void>> accepted = new ArrayList<>();
		while (accepted.size() < count) {
			CompletableFuture<Void> send = client.send(text(thread, accepted.size(), FILLER.length()));
			if (send.isCompletedExceptionally()) {
				assertThat(reasonOf(send)).isEqualTo(Reason.QUEUE_FULL);
				refusals.incrementAndGet();
				LockSupport.parkNanos(PAUSE_AFTER_REFUSAL);
			}
			else {
				accepted.add(send);
			}
		}
		accepted.forEach(CompletableFuture::join);
	}

	/**
	 * The message that is being written does not count towards the limits.
	 */
	@ParameterizedTest
	@CsvSource({ "64, 100", "1000, 4" })
	void theBoundsAreExact(int messages, int megabytes) throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().sendQueueMessages(messages)
			.sendQueueBytes(DataSize.ofMegabytes(megabytes))
			.sendTimeout(Duration.ofMillis(1500)));
		for (int round = 1; round <= 2; round++) {
			CompletableFuture<Void> huge = client.send(HUGE);
			until(BlockedWritesIntegrationTests::isWriting);
			List<CompletableFuture<Void>> sends = IntStream.range(0, 70).mapToObj((i) -> client.send(FILLER)).toList();
			assertThat(sends.subList(0, 64)).noneMatch(CompletableFuture::isDone);
			assertThat(sends.subList(64, 70)).allMatch((send) -> reasonOf(send) == Reason.QUEUE_FULL);
			assertThat(huge).isNotDone();
			log().await("OPEN again", round);
			until(() -> huge.isDone() && sends.stream().allMatch(CompletableFuture::isDone));
			assertThat(reasonOf(huge)).isEqualTo(Reason.CONNECTION_LOST);
			assertThat(sends.subList(0, 64)).allMatch((send) -> reasonOf(send) == Reason.CONNECTION_LOST);
		}
	}

	private static boolean isWriting() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.anyMatch((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getClassName().equals(SessionTransport.class.getName())
						&& frame.getMethodName().equals("write")));
	}

	@Test
	void whatWaitsBehindABlockedWriteExpiresOnTime() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().sendQueueBytes(DataSize.ofMegabytes(100))
			.sendTimeToLive(Duration.ofMillis(500))
			.sendTimeout(Duration.ofSeconds(30)));
		CompletableFuture<Void> huge = client.send(HUGE);
		until(BlockedWritesIntegrationTests::isWriting);
		List<CompletableFuture<Double>> seconds = new ArrayList<>();
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			long start = System.nanoTime();
			CompletableFuture<Void> send = client.send("message " + i);
			sends.add(send);
			seconds.add(send.handle((nothing, ex) -> (System.nanoTime() - start) / 1e9));
			LockSupport.parkNanos(30_000_000);
		}
		assertThat(sends).allMatch((send) -> reasonOf(send) == Reason.EXPIRED);
		assertThat(seconds).allSatisfy((lived) -> assertThat(lived.join()).isBetween(0.5, 5.0));
		assertThat(huge).isNotDone();
		assertThat(log().lines()).containsExactly("OPEN");
		server().connection(1).thaw();
		assertThat(huge).succeedsWithin(Duration.ofSeconds(10));
		assertThat(client.send("after")).succeedsWithin(Duration.ofSeconds(10));
	}

	/**
	 * The threads send while the connection opens, so that messages of one thread wait in
	 * each queue.
	 */
	@Test
	void whatIsSentInAnOutageArrivesOnceInOrderAndAfterTheGreeting() throws Exception {
		Arrivals arrivals = new Arrivals(0);
		server().behave(arrivals);
		server().refuse();
		HookLog own = new HookLog();
		HeartbeatClient client = create(settings().sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.sendQueueMessages(100_000)
			.sendQueueBytes(DataSize.ofMegabytes(100))
			.reconnectTimeout(Duration.ofMillis(50))
			.listener(own)
			.listener(new HeartbeatListener() {
				@Override
				public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
					client.send("greeting");
				}
			}));
		for (int round = 1; round <= 5; round++) {
			own.await("RECONNECT", (int) own.count("RECONNECT") + 2);
			arrivals.clear();
			Senders senders = new Senders(client, () -> 1, 200, 500_000);
			until(() -> senders.messages.size() > 200);
			server().acceptAgain();
			own.await("OPEN", round);
			int sentBefore = senders.messages.size();
			until(() -> senders.messages.size() > sentBefore + 200);
			senders.stop();
			senders.assertEachEnded();
			assertThat(senders.outcomes()).containsOnly("sent");
			until(() -> arrivals.count() == senders.messages.size() + 1);
			assertThat(arrivals.first()).isEqualTo("greeting");
			for (int thread = 0; thread < THREADS; thread++) {
				assertThat(arrivals.of(thread)).isEqualTo(senders.of(thread).stream().map(Message::number).toList());
			}
			server().refuse();
			server().connections().get(server().connections().size() - 1).drop();
		}
	}

	/**
	 * The queue can also be full while the socket still takes what is written. A message
	 * that is larger than the buffers blocks the writes. Half of the ends are tested with
	 * compression, on the other container the other half.
	 */
	@ParameterizedTest
	@EnumSource
	void anEndDuringBlockedWritesEndsEveryFuture(Ending ending) {
		compress(ending.ordinal() % 2 == on(0, 1));
		server().behave(Behaviour.FROZEN);
		HookLog own = new HookLog();
		HeartbeatClient client = create(boundedSettings().sendTimeout(Duration.ofSeconds(30))
			.closeTimeout(Duration.ofSeconds(3))
			.listener(own));
		own.await("OPEN");
		server().behave(Behaviour.ECHO);
		CompletableFuture<Void> huge = client.send(HUGE);
		until(BlockedWritesIntegrationTests::isWriting);
		Senders senders = new Senders(client, () -> 1, FILLER.length(), 0);
		until(() -> senders.outcomes().contains(Reason.QUEUE_FULL));
		assertThat(huge).isNotDone();
		long start = System.nanoTime();
		ending.bring(clients(), client);
		assertThat((System.nanoTime() - start) / 1e9).isLessThan((ending == Ending.DESTROY) ? 10.0 : 2.0);
		senders.stop();
		senders.assertEachEnded();
		until(huge::isDone);
		assertThat(reasonOf(huge)).isEqualTo(ending.reason);
		assertThat(senders.outcomes()).contains(ending.reason)
			.isSubsetOf("sent", Reason.QUEUE_FULL, Reason.CONNECTION_LOST, Reason.CLOSED, Reason.NOT_OPEN);
		if (ending != Ending.RECONNECT) {
			assertThat(reasonOf(client.send("too late"))).isEqualTo(Reason.CLOSED);
		}
		own.await(ending.lastLine);
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		until(frozen::hasEnded);
	}

	/**
	 * Writes complete continuously, and the shutdown falls between any two steps of one.
	 * Half of the rounds run with compression.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void anEndInTheMiddleOfFastWritesEndsEveryFuture(int round) {
		compress(round % 2 == 0);
		server().behave(new Arrivals(0));
		HeartbeatClient client = create(settings());
		until(client::isOpen);
		Senders senders = new Senders(client, () -> 1, 20, 0);
		until(() -> senders.messages.stream().filter((message) -> "sent".equals(message.outcome)).count() > 100
				* round);
		clients().destroy();
		senders.stop();
		senders.assertEachEnded();
		assertThat(senders.outcomes()).contains("sent", Reason.CLOSED);
	}

	private static String text(int thread, int number, int length) {
		String text = thread + ":" + number + ":";
		return text + FILLER.substring(0, length - text.length());
	}

	/**
	 * The ways in which the client side ends a connection.
	 */
	private enum Ending {

		CLOSE(Reason.CLOSED, "CLOSE 1000 CLIENT"), REMOVE(Reason.CLOSED, "CLOSE 1000 CLIENT"),
		STOP(Reason.CLOSED, "CLOSE 1001 CLIENT"), DESTROY(Reason.CLOSED, "OPEN"),
		RECONNECT(Reason.CONNECTION_LOST, "OPEN again");

		private final Reason reason;

		private final String lastLine;

		Ending(Reason reason, String lastLine) {
			this.reason = reason;
			this.lastLine = lastLine;
		}

		void bring(DefaultHeartbeatClients clients, HeartbeatClient client) {
			switch (this) {
				case CLOSE -> client.close();
				case REMOVE -> clients.remove(client.getName());
				case STOP -> clients.stop();
				case DESTROY -> clients.destroy();
				case RECONNECT -> client.reconnect();
			}
		}

	}

	/**
	 * A message and its outcome.
	 */
	private static final class Message {

		private final int thread;

		private final int number;

		/** The number of the latest connection at the time of the call. */
		private final int connection;

		private final AtomicInteger endings = new AtomicInteger();

		private volatile @Nullable Object outcome;

		Message(int thread, int number, int connection) {
			this.thread = thread;
			this.number = number;
			this.connection = connection;
		}

		int number() {
			return this.number;
		}

		void ended(@Nullable Throwable ex) {
			this.outcome = (ex != null) ? ((HeartbeatSendException) ex).getReason() : "sent";
			this.endings.incrementAndGet();
		}

	}

	/**
	 * Threads that send numbered messages until they are stopped.
	 */
	private static final class Senders {

		private final HeartbeatClient client;

		private final IntSupplier connection;

		private final int length;

		private final long pauseNanos;

		private final Queue<Message> messages = new ConcurrentLinkedQueue<>();

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger ended = new AtomicInteger();

		/** A lower bound of the messages that waited when one was refused. */
		private final AtomicInteger fewestWaitingWhenFull = new AtomicInteger(Integer.MAX_VALUE);

		private final List<CompletableFuture<Void>> threads;

		private volatile boolean stopped;

		/**
		 * Begin to send.
		 * @param connection the number of the connection that was open last
		 * @param length the length of a message
		 * @param pauseNanos the pause after a message
		 */
		Senders(HeartbeatClient client, IntSupplier connection, int length, long pauseNanos) {
			this.client = client;
			this.connection = connection;
			this.length = length;
			this.pauseNanos = pauseNanos;
			this.threads = IntStream.range(0, THREADS).mapToObj((thread) -> elsewhere(() -> sendMany(thread))).toList();
		}

		static CompletableFuture<Void> elsewhere(Runnable task) {
			return CompletableFuture.runAsync(task, (run) -> new Thread(run).start());
		}

		/**
		 * There is a pause after each message that is refused, because the queue is to be
		 * full, not the processor busy.
		 */
		private void sendMany(int thread) {
			for (int number = 0; !this.stopped; number++) {
				Message message = new Message(thread, number, this.connection.getAsInt());
				int endedBefore = this.ended.get();
				this.begun.incrementAndGet();
				this.messages.add(message);
				CompletableFuture<Void> send = this.client.send(text(thread, number, this.length));
				if (send.isCompletedExceptionally() && reasonOf(send) == Reason.QUEUE_FULL) {
					int waiting = this.begun.get() - 1 - endedBefore;
					this.fewestWaitingWhenFull.accumulateAndGet(waiting, Math::min);
				}
				send.whenComplete((nothing, ex) -> {
					message.ended(ex);
					this.ended.incrementAndGet();
				});
				long pause = send.isCompletedExceptionally() ? PAUSE_AFTER_REFUSAL : this.pauseNanos;
				if (pause > 0) {
					LockSupport.parkNanos(pause);
				}
			}
		}

		void stop() {
			this.stopped = true;
			CompletableFuture.allOf(this.threads.toArray(CompletableFuture[]::new))
				.orTimeout(10, TimeUnit.SECONDS)
				.join();
		}

		List<Message> of(int thread) {
			return this.messages.stream().filter((message) -> message.thread == thread).toList();
		}

		Set<Object> outcomes() {
			return this.messages.stream()
				.map((message) -> message.outcome)
				.filter(Objects::nonNull)
				.collect(Collectors.toSet());
		}

		void assertEachEnded() {
			until(() -> this.messages.stream().allMatch((message) -> message.endings.get() == 1));
		}

	}

	/**
	 * A server that pauses before each message and records what it reads.
	 */
	private static final class Arrivals implements Behaviour {

		private final int pauseMillis;

		private final List<String> texts = new ArrayList<>();

		Arrivals(int pauseMillis) {
			this.pauseMillis = pauseMillis;
		}

		@Override
		public void serve(TestServer.Connection connection) throws IOException, InterruptedException {
			connection.upgrade();
			CountDownLatch never = new CountDownLatch(1);
			while (!never.await(this.pauseMillis, TimeUnit.MILLISECONDS)) {
				String text = connection.readText();
				synchronized (this.texts) {
					this.texts.add(text.substring(0, Math.min(text.length(), 20)));
				}
			}
		}

		int count() {
			synchronized (this.texts) {
				return this.texts.size();
			}
		}

		String first() {
			synchronized (this.texts) {
				return this.texts.get(0);
			}
		}

		void clear() {
			synchronized (this.texts) {
				this.texts.clear();
			}
		}

		/**
		 * Return the numbers of the messages of a thread, in the order of their arrival.
		 */
		List<Integer> of(int thread) {
			synchronized (this.texts) {
				return this.texts.stream()
					.map((text) -> text.split(":"))
					.filter((parts) -> parts[0].equals(String.valueOf(thread)))
					.map((parts) -> Integer.valueOf(parts[1]))
					.toList();
			}
		}

	}

	/**
	 * Fifty clients of another server, with heartbeats several times a second.
	 */
	private final class Bystanders {

		private static final int COUNT = 50;

		private final Map<String, List<Long>> heartbeats = new ConcurrentHashMap<>();

		private final HookLog hooks = new HookLog();

		private long since;

		Bystanders(TestServer server) {
			server.behave((connection) -> {
				connection.upgrade();
				List<Long> times = this.heartbeats.computeIfAbsent(connection.requestLine(),
						(path) -> new ArrayList<>());
				while (true) {
					String text = connection.readText();
					synchronized (times) {
						times.add(System.nanoTime());
					}
					connection.text(text);
				}
			});
			for (int i = 0; i < COUNT; i++) {
				clients().create("bystander-" + i,
						settings(server.url() + "/" + i).pingTimeout(Duration.ofMillis(200))
							.pongTimeout(Duration.ofSeconds(2))
							.pongMsg("heartbeat")
							.listener(this.hooks)
							.build());
			}
			until(() -> this.hooks.count("OPEN") == COUNT);
		}

		void watch() {
			this.since = System.nanoTime();
		}

		void assertUnharmed() {
			long now = System.nanoTime();
			assertThat(this.hooks.lines()).hasSize(COUNT).containsOnly("OPEN");
			assertThat(this.heartbeats).hasSize(COUNT);
			this.heartbeats.forEach((path, times) -> assertThat(longestGap(times, now)).as(path).isLessThan(3));
		}

		private double longestGap(List<Long> times, long end) {
			long longest = 0;
			long before = this.since;
			synchronized (times) {
				for (long time : times) {
					longest = Math.max(longest, time - before);
					before = Math.max(before, time);
				}
			}
			return Math.max(longest, end - before) / 1e9;
		}

	}

}
