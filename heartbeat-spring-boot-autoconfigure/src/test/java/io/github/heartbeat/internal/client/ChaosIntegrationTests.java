package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.testing.FaultProxy;
import io.github.heartbeat.testing.FaultProxy.Fault;
import io.github.heartbeat.testing.FaultProxy.Stage;
import io.github.heartbeat.testing.HookGrammar;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.OpenSockets;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Twenty clients, ten on each container, run with random faults and random calls for 20
 * seconds, or for {@code -Dheartbeat.chaos.seconds}. Four on each container use
 * compression. The seed is printed. {@code -Dheartbeat.chaos.seed} sets it.
 */
class ChaosIntegrationTests {

	private static final int CLIENTS = 20;

	private static final Duration LONGEST_WAIT = Duration.ofMillis(400);

	private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(800);

	private static final Duration PING_AND_PONG = Duration.ofMillis(500);

	private static final int LOOK_MILLIS = 25;

	/**
	 * The number of checks. It allows for a machine on which all threads stop for that
	 * long.
	 */
	private static final int MOMENT = 300 / LOOK_MILLIS;

	private final long seed = Long.getLong("heartbeat.chaos.seed", System.nanoTime());

	private final int seconds = Integer.getInteger("heartbeat.chaos.seconds", 20);

	private final Random random = new Random(this.seed);

	private final List<Subject> subjects = new ArrayList<>();

	private final List<String> violations = new ArrayList<>();

	@Test
	@Timeout(value = 1, unit = TimeUnit.HOURS)
	void everyInvariantHoldsWhateverHappens() throws Exception {
		System.out.println("Chaos for " + this.seconds + " s with seed " + this.seed);
		long descriptorsBefore = OpenSockets.fileDescriptors();
		try (TestServer server = new TestServer(Behaviour.ECHO)) {
			server.compress();
			List<DefaultHeartbeatClients> containers = List.of(clients(HeartbeatContainer.TOMCAT),
					clients(HeartbeatContainer.JETTY));
			try {
				for (int i = 0; i < CLIENTS; i++) {
					this.subjects.add(new Subject(i, containers.get(i % 2), new FaultProxy(server.port())));
				}
				CountDownLatch end = new CountDownLatch(1);
				Thread watch = new Thread(() -> watchSessions(end), "chaos-watch");
				watch.start();
				rage();
				calm();
				end.countDown();
				watch.join();
				check(server);
			}
			finally {
				containers.forEach(DefaultHeartbeatClients::destroy);
				for (Subject subject : this.subjects) {
					subject.proxy.close();
				}
			}
		}
		OurThreads.awaitNone();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(OpenSockets.fileDescriptors()).isLessThanOrEqualTo(descriptorsBefore + 40));
	}

	private static DefaultHeartbeatClients clients(HeartbeatContainer container) {
		DefaultHeartbeatClients clients = TestClients.create(container, 64);
		clients.start();
		return clients;
	}

	private void rage() throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(this.seconds);
		while (System.nanoTime() - end < 0) {
			Subject subject = this.subjects.get(this.random.nextInt(CLIENTS));
			act(subject);
			TestServer.pause(this.random.nextInt(16));
		}
	}

	private void act(Subject subject) {
		switch (this.random.nextInt(16)) {
			case 0, 1, 2 -> subject.strike(pick(Fault.values()), pick(Stage.values()));
			case 3, 4, 5 -> subject.proxy.heal();
			case 6 -> subject.client.reconnect();
			case 7 -> subject.closeSession();
			case 8 -> {
				subject.client.close();
				subject.client.open();
			}
			case 9 -> subject.misbehaviour = pick(Misbehaviour.values());
			case 10 -> subject.send(1, this.random.nextInt(100_000));
			case 11 -> subject.toggleSubscription(this.random.nextInt(5));
			default -> subject.send(1 + this.random.nextInt(10), this.random.nextInt(200));
		}
	}

	private <T> T pick(T[] values) {
		return values[this.random.nextInt(values.length)];
	}

	/**
	 * The faults are over. Every client must be open within its wait plus the duration of
	 * an attempt. A client may first have to detect that its connection is dead.
	 */
	private void calm() throws IOException {
		for (Subject subject : this.subjects) {
			subject.misbehaviour = Misbehaviour.NONE;
			subject.proxy.heal();
		}
		Duration slack = Duration.ofSeconds(2);
		Duration bound = PING_AND_PONG.plus(LONGEST_WAIT).plus(CONNECT_TIMEOUT).plus(slack);
		for (Subject subject : this.subjects) {
			int number = subject.sends.size();
			Awaitility.await(subject + " of seed " + this.seed)
				.atMost(bound)
				.pollInterval(Duration.ofMillis(10))
				.until(() -> subject.echoes(number));
		}
	}

	/**
	 * A session that opens after its attempt was superseded is dropped immediately, which
	 * may take a moment on a busy machine. Any other second session stays.
	 */
	private void watchSessions(CountDownLatch end) {
		try {
			while (!end.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
				boolean suspect = this.subjects.stream().anyMatch(Subject::mayHaveTwoSessions);
				Map<Integer, Set<Integer>> established = suspect ? OpenSockets.established() : Map.of();
				for (Subject subject : this.subjects) {
					subject.watch(established);
				}
			}
		}
		catch (Throwable ex) {
			this.violations.add("The watch ended with " + ex);
		}
	}

	private void check(TestServer server) {
		assertThat(this.violations).as("seed " + this.seed).isEmpty();
		Map<String, List<Integer>> received = received(server);
		checkSessions(server);
		for (Subject subject : this.subjects) {
			String name = subject + " of seed " + this.seed;
			HookGrammar.checkWithCloses(subject.log.lines());
			assertThat(subject.log.hasOverlapped()).as(name).isFalse();
			Awaitility.await(name)
				.until(() -> Stream.concat(subject.sends.stream(), subject.sendsInHooks.stream())
					.allMatch(CompletableFuture::isDone));
			assertThat(received.get(subject.client.getName())).as("sent late, by " + name)
				.allSatisfy((number) -> assertThat(reasonOf(subject.sends.get(number))).isNotIn(Reason.NOT_OPEN,
						Reason.QUEUE_FULL, Reason.EXPIRED));
			assertThat(received.get(subject.client.getName())).as("order at the server of " + name)
				.isNotEmpty()
				.isSorted()
				.doesNotHaveDuplicates();
		}
		System.out.println("Chaos saw " + this.subjects.stream().mapToLong((subject) -> subject.log.count("OPEN")).sum()
				+ " connections, " + this.subjects.stream().mapToInt((subject) -> subject.sends.size()).sum()
				+ " sends and " + received.values().stream().mapToInt(List::size).sum() + " of them at the server");
	}

	/**
	 * Each connection of a client that logs in begins with its login. On the last
	 * connection of each client, the subscriptions of the server are those of the client.
	 */
	private void checkSessions(TestServer server) {
		for (Subject subject : this.subjects) {
			String name = subject.client.getName();
			List<TestServer.Connection> connections = server.connections()
				.stream()
				.filter((connection) -> texts(connection).stream().anyMatch((text) -> text.startsWith(name + " ")))
				.sorted(Comparator.comparingLong(TestServer.Connection::requestedAt))
				.toList();
			if (subject.isLoggingIn()) {
				assertThat(connections).as("logins of " + name + " of seed " + this.seed)
					.allSatisfy((connection) -> assertThat(texts(connection)).startsWith("login " + name));
			}
			TestServer.Connection last = connections.get(connections.size() - 1);
			Awaitility.await("subscriptions of " + name + " of seed " + this.seed)
				.untilAsserted(() -> assertThat(subscriptions(last, name)).isEqualTo(subject.subscriptions.keySet()));
		}
	}

	private static Set<String> subscriptions(TestServer.Connection connection, String name) {
		Set<String> keys = new TreeSet<>();
		for (String text : texts(connection)) {
			String key = text.substring(text.indexOf(' ') + 1);
			if (text.startsWith("subscribe " + name + "/")) {
				assertThat(keys.add(key)).as("subscribed twice: " + key).isTrue();
			}
			else if (text.startsWith("unsubscribe " + name + "/")) {
				assertThat(keys.remove(key)).as("not subscribed: " + key).isTrue();
			}
		}
		return keys;
	}

	private static List<String> texts(TestServer.Connection connection) {
		return connection.received()
			.stream()
			.filter((line) -> line.startsWith("TEXT ") && !line.equals("TEXT heartbeat"))
			.map((line) -> line.substring("TEXT ".length()))
			.toList();
	}

	/**
	 * Connections are numbered in the order of their requests, because Jetty may use a
	 * connection that it opened before another one.
	 */
	private static Map<String, List<Integer>> received(TestServer server) {
		Map<String, List<Integer>> received = new HashMap<>();
		List<TestServer.Connection> connections = new ArrayList<>(server.connections());
		connections.sort(Comparator.comparingLong(TestServer.Connection::requestedAt));
		connections.forEach((connection) -> connection.received().forEach((line) -> {
			String[] fields = line.split(" ");
			if (fields[0].equals("TEXT") && fields.length > 3) {
				received.computeIfAbsent(fields[1], (name) -> new ArrayList<>()).add(Integer.valueOf(fields[2]));
			}
		}));
		return received;
	}

	private static Object reasonOf(CompletableFuture<Void> send) {
		return send.isCompletedExceptionally() ? LiveClients.reasonOf(send) : "sent";
	}

	private enum Misbehaviour {

		NONE, THROW, DAWDLE, SEND_IN_HOOK

	}

	/**
	 * A client with a separate network.
	 */
	private final class Subject implements HeartbeatListener {

		private final FaultProxy proxy;

		private final HookLog log = new HookLog();

		private final List<CompletableFuture<Void>> sends = new ArrayList<>();

		private final Queue<CompletableFuture<Void>> sendsInHooks = new ConcurrentLinkedQueue<>();

		private final HeartbeatClient client;

		private final Map<String, HeartbeatSubscription> subscriptions = new TreeMap<>();

		private volatile Misbehaviour misbehaviour = Misbehaviour.NONE;

		private volatile int lastEcho;

		private Set<Integer> suspects = Set.of();

		private int looks;

		Subject(int number, DefaultHeartbeatClients clients, FaultProxy proxy) {
			this.proxy = proxy;
			String name = "chaos-" + number;
			HeartbeatClientSettings.Builder settings = HeartbeatClientSettings.builder(proxy.url());
			if (number % 3 == 0) {
				settings.sessionInitializer(new EchoLogin("login " + name));
			}
			this.client = clients.create(name, settings.compressionEnabled(number % 5 < 2)
				.pingTimeout(PING_AND_PONG.dividedBy(2))
				.pongTimeout(PING_AND_PONG.dividedBy(2))
				.reconnectTimeout(Duration.ofMillis(20))
				.reconnectMultiplier(1.5)
				.reconnectMaxTimeout(Duration.ofMillis(200))
				.reconnectJitter(1)
				.connectTimeout(CONNECT_TIMEOUT)
				.closeTimeout(Duration.ofMillis(300))
				.sendTimeout(Duration.ofMillis(600))
				.sendTimeToLive(Duration.ofSeconds(2))
				.sendWhileDisconnected(
						(number % 4 < 2) ? HeartbeatSendWhileDisconnected.QUEUE : HeartbeatSendWhileDisconnected.REJECT)
				.listener(this.log.first())
				.listener(this)
				.listener(this.log)
				.build());
		}

		void strike(Fault fault, Stage stage) {
			this.proxy.apply(fault, stage);
		}

		void closeSession() {
			WebSocketSession session = this.client.getSession();
			if (session != null) {
				try {
					session.close();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}
		}

		void toggleSubscription(int number) {
			String key = this.client.getName() + "/" + number;
			HeartbeatSubscription subscription = this.subscriptions.remove(key);
			if (subscription != null) {
				subscription.close();
			}
			else {
				this.subscriptions.put(key, this.client.subscribe(key, "subscribe " + key, "unsubscribe " + key));
			}
		}

		boolean isLoggingIn() {
			return !this.client.getSettings().getSessionInitializers().isEmpty();
		}

		/**
		 * Only one thread calls this, so the numbers are in the order of the calls.
		 */
		void send(int count, int size) {
			for (int i = 0; i < count; i++) {
				int number = this.sends.size();
				CompletableFuture<Void> send = this.client
					.send(this.client.getName() + " " + number + " " + "x".repeat(size));
				this.sends.add(send);
			}
		}

		/**
		 * Return whether the client is open and receives the echoes of messages from the
		 * given number on.
		 */
		boolean echoes(int number) {
			send(1, 1);
			return this.client.isOpen() && this.lastEcho >= number;
		}

		boolean mayHaveTwoSessions() {
			return this.proxy.upgradedPorts().size() > 1;
		}

		void watch(Map<Integer, Set<Integer>> established) {
			Set<Integer> live = new HashSet<>(this.proxy.upgradedPorts());
			live.retainAll(established.getOrDefault(this.proxy.port(), Set.of()));
			if (live.size() < 2 || !live.equals(this.suspects)) {
				this.suspects = live;
				this.looks = 0;
			}
			else if (++this.looks == MOMENT) {
				ChaosIntegrationTests.this.violations.add(this.client + " has the live sessions " + live);
			}
		}

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			misbehave();
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			String[] fields = message.getPayload().toString().split(" ");
			if (fields.length == 3 && fields[0].equals(client.getName())) {
				this.lastEcho = Integer.parseInt(fields[1]);
			}
			misbehave();
		}

		private void misbehave() {
			switch (this.misbehaviour) {
				case THROW -> throw new IllegalStateException("thrown by a test");
				case DAWDLE -> {
					try {
						TestServer.pause(50);
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}
				case SEND_IN_HOOK -> this.sendsInHooks.add(this.client.send("in-hook"));
				case NONE -> {
				}
			}
		}

		@Override
		public String toString() {
			return this.client.getName();
		}

	}

}
