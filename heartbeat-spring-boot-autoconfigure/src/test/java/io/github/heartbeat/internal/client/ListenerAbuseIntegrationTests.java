package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests listeners that violate every rule for listeners. Whatever a hook calls, throws or
 * waits for, its client ends in the requested state, its hooks keep their order, and no
 * other client is affected.
 */
class ListenerAbuseIntegrationTests extends EachContainer {

	/** The order of hooks when any thread may close, open and reconnect at any time. */
	private static final Pattern GRAMMAR = Pattern.compile("(E|R|O[ME]*C)*O[ME]*");

	/** The first connection of a JVM loads the container within its deadline. */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	static Stream<Arguments> abuses() {
		return Stream.of(Moment.values())
			.flatMap((moment) -> Stream.of(Action.values()).map((action) -> Arguments.of(moment, action)));
	}

	@ParameterizedTest(name = "{1} in {0}")
	@MethodSource("abuses")
	void whateverAHookDoesItsClientEndsAsAsked(Moment moment, Action action) throws Exception {
		Abuse abuse = new Abuse(moment, action::perform);
		HeartbeatClient client = abuse.provoke(settings());
		abuse.awaitAct();
		List<String> expected = action.lines(moment);
		HeartbeatClientState state = action.state(moment);
		abuse.awaitLines(expected);
		until(() -> client.getState() == state);
		until(() -> connectionsInUse() == clients().getAll().values().stream().filter(HeartbeatClient::isOpen).count());
		if (abuse.sent != null) {
			assertThat(outcome(abuse.sent)).isIn(moment.outcomesOfSending());
		}
		if (state == HeartbeatClientState.OPEN) {
			assertEcho(client, abuse, expected);
		}
		switch (action) {
			case CLOSE -> {
				client.open();
				assertOpenAgain(client, abuse, expected);
			}
			case STOP, STOP_ELSEWHERE -> {
				assertThat(abuse.stopped.await(10, TimeUnit.SECONDS)).isTrue();
				clients().start();
				if (moment != Moment.EXHAUSTED) {
					assertOpenAgain(client, abuse, expected);
				}
				assertNothingElseIsHeard(abuse, expected);
			}
			default -> assertNothingElseIsHeard(abuse, expected);
		}
	}

	private static void assertEcho(HeartbeatClient client, Abuse abuse, List<String> expected) {
		client.send("alive").join();
		expected.add("MESSAGE alive");
		abuse.awaitLines(expected);
		assertThat(client.isOpen()).isTrue();
	}

	private static void assertOpenAgain(HeartbeatClient client, Abuse abuse, List<String> expected) {
		expected.add("OPEN");
		abuse.awaitLines(expected);
		assertEcho(client, abuse, expected);
	}

	/**
	 * The absence of further hooks can only be observed over a period of time: three
	 * waits for a reconnect.
	 */
	private static void assertNothingElseIsHeard(Abuse abuse, List<String> expected) {
		Awaitility.await()
			.pollInSameThread()
			.during(Duration.ofMillis(60))
			.atMost(Duration.ofSeconds(5))
			.pollInterval(Duration.ofMillis(5))
			.until(abuse::lines, expected::equals);
	}

	private long connectionsInUse() {
		return server().connections()
			.stream()
			.filter((connection) -> !connection.requestLine().isEmpty() && !connection.hasEnded())
			.count();
	}

	private static Object outcome(CompletableFuture<Void> send) {
		try {
			send.get(10, TimeUnit.SECONDS);
			return "sent";
		}
		catch (ExecutionException ex) {
			return ((HeartbeatSendException) ex.getCause()).getReason();
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new AssertionError("The future did not end", ex);
		}
	}

	/**
	 * A hook cannot wait for a message that is queued for the next connection, because
	 * the open hook of that connection runs later. The only cost is the time to live of
	 * the message.
	 */
	@Test
	void aHookThatWaitsForWhatOnlyTheNextConnectionCanSendIsFreedByTheTimeToLive() {
		AtomicReference<Reason> reason = new AtomicReference<>();
		Abuse abuse = new Abuse(Moment.CLOSE, (self, client) -> reason.set(reasonOf(client.send("never sent"))));
		long start = System.nanoTime();
		HeartbeatClient client = abuse.provoke(settings().sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.sendTimeToLive(Duration.ofMillis(500)));
		abuse.awaitAct();
		assertThat((System.nanoTime() - start) / 1e9).isBetween(0.5, 8.0);
		assertThat(reason).hasValue(Reason.EXPIRED);
		List<String> expected = Action.SEND.lines(Moment.CLOSE);
		abuse.awaitLines(expected);
		assertEcho(client, abuse, expected);
	}

	/**
	 * While a hook runs, other threads use the client in any way, and the hook waits for
	 * them. If one of these threads waited for a hook, there would be a deadlock.
	 */
	@ParameterizedTest
	@EnumSource(names = "EXHAUSTED", mode = EnumSource.Mode.EXCLUDE)
	void othersMayUseTheClientWhileAHookRunsAndWaitsForThem(Moment moment) {
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		Abuse abuse = new Abuse(moment, (self, client) -> {
			self.connectable.countDown();
			CompletableFuture
				.allOf(IntStream.range(0, 4)
					.mapToObj((seed) -> elsewhere(() -> useAtRandom(client, new Random(seed), sends)))
					.toArray(CompletableFuture[]::new))
				.get(20, TimeUnit.SECONDS);
		});
		HeartbeatClient client = abuse.provoke(settings().repeatLimit(1000));
		abuse.awaitAct();
		client.open();
		until(client::isOpen);
		client.send("alive").join();
		until(() -> abuse.lines().contains("MESSAGE alive"));
		assertThat(client.isOpen()).isTrue();
		assertThat(abuse.letters()).matches(GRAMMAR);
		assertThat(sends).hasSizeGreaterThan(100);
		until(() -> sends.stream().allMatch(CompletableFuture::isDone));
		until(() -> connectionsInUse() == 1);
	}

	private static CompletableFuture<Void> elsewhere(Runnable task) {
		return CompletableFuture.runAsync(task, (run) -> new Thread(run).start());
	}

	private static void useAtRandom(HeartbeatClient client, Random random, List<CompletableFuture<Void>> sends) {
		for (int i = 0; i < 100; i++) {
			switch (random.nextInt(8)) {
				case 0 -> client.reconnect();
				case 1 -> client.close();
				case 2, 3 -> client.open();
				case 4 -> useView(client.getSession());
				default -> {
					CompletableFuture<Void> send = client.send("random");
					synchronized (sends) {
						sends.add(send);
					}
				}
			}
			LockSupport.parkNanos(random.nextInt(6_000_000));
		}
	}

	private static void useView(@Nullable WebSocketSession session) {
		if (session != null) {
			try {
				session.sendMessage(new TextMessage("by the view"));
				session.close();
			}
			catch (Exception ex) {
				assertThat(ex).hasMessageStartingWith("Not sent");
			}
		}
	}

	/**
	 * The shutdown does not wait for a hook, and the hook keeps no thread. The second
	 * fact is checked after each test.
	 */
	@ParameterizedTest
	@EnumSource
	void aHookThatBlocksIsInterruptedByTheEnd(Moment moment) {
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		Abuse abuse = new Abuse(moment, (self, client) -> {
			entered.countDown();
			try {
				interrupted.set(never.await(30, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
			}
		});
		HeartbeatClient client = abuse.provoke(settings());
		awaitUninterruptibly(entered);
		long start = System.nanoTime();
		clients().destroy();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(2.0);
		abuse.awaitAct();
		assertThat(interrupted).isTrue();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(abuse.lines()).isEqualTo(moment.lines);
	}

	/**
	 * The moment at which the abuse takes place.
	 */
	private enum Moment {

		OPEN(List.of("OPEN")),

		MESSAGE(List.of("OPEN", "MESSAGE provoke")),

		ERROR_OF_ATTEMPT(List.of("ERROR HANDSHAKE_REFUSED"), "RECONNECT 1", "OPEN"),

		ERROR_OF_CONNECTION(List.of("OPEN", "ERROR CONNECTION_LOST"), "CLOSE 1006 TRANSPORT", "RECONNECT 1",
				"OPEN again"),

		CLOSE(List.of("OPEN", "ERROR CONNECTION_LOST", "CLOSE 1006 TRANSPORT"), "RECONNECT 1", "OPEN again"),

		RECONNECT(List.of("OPEN", "ERROR CONNECTION_LOST", "CLOSE 1006 TRANSPORT", "RECONNECT 1"), "OPEN again"),

		EXHAUSTED(List.of("OPEN", "ERROR CONNECTION_LOST", "CLOSE 1006 TRANSPORT", "EXHAUSTED 0"));

		/** The hooks before the moment. */
		private final List<String> lines;

		/** The hooks after the moment if nothing is abused. */
		private final List<String> sequel;

		Moment(List<String> lines, String... sequel) {
			this.lines = lines;
			this.sequel = List.of(sequel);
		}

		boolean isOpen() {
			return this == OPEN || this == MESSAGE;
		}

		boolean isError() {
			return this == ERROR_OF_ATTEMPT || this == ERROR_OF_CONNECTION;
		}

		/**
		 * Answer the first request so that the moment occurs.
		 */
		void serve(TestServer.Connection connection) throws IOException {
			if (this == ERROR_OF_ATTEMPT) {
				connection
					.write("HTTP/1.1 503 Refused\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			}
			else {
				connection.write(connection.acceptance());
			}
			if (isOpen()) {
				connection.echo();
			}
			connection.drop();
		}

		/**
		 * The error of a connection is delivered just before the connection is abandoned.
		 * A message that is sent then may still be accepted for it.
		 */
		List<Object> outcomesOfSending() {
			return switch (this) {
				case OPEN, MESSAGE -> List.of("sent");
				case ERROR_OF_CONNECTION -> List.of("sent", Reason.NOT_OPEN, Reason.CONNECTION_LOST);
				case ERROR_OF_ATTEMPT, CLOSE, RECONNECT -> List.of(Reason.NOT_OPEN);
				case EXHAUSTED -> List.of(Reason.CLOSED);
			};
		}

	}

	/**
	 * The action of a hook.
	 */
	private enum Action {

		THROW_EXCEPTION, THROW_ERROR, CLOSE, RECONNECT, OPEN, SEND, SEND_AND_JOIN, REMOVE, CREATE, STOP, STOP_ELSEWHERE,
		DESTROY, DESTROY_ELSEWHERE;

		void perform(Abuse abuse, HeartbeatClient client) throws Exception {
			DefaultHeartbeatClients clients = abuse.clients;
			switch (this) {
				case THROW_EXCEPTION -> throw new ThrownException();
				case THROW_ERROR -> throw new ThrownError();
				case CLOSE -> {
					client.close();
					assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
				}
				case RECONNECT -> client.reconnect();
				case OPEN -> client.open();
				case SEND -> abuse.sent = client.send("sent");
				case SEND_AND_JOIN -> {
					CompletableFuture<Void> sent = client.send("sent");
					abuse.sent = sent;
					outcome(sent);
				}
				case REMOVE -> {
					assertThat(clients.remove("test")).isTrue();
					assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
					assertThatIllegalStateException().isThrownBy(client::open);
				}
				case CREATE -> {
					HeartbeatClient other = clients.create("other", abuse.otherSettings().build());
					until(other::isOpen);
					other.send("hello").get(10, TimeUnit.SECONDS);
				}
				case STOP -> {
					clients.stop(abuse.stopped::countDown);
					assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
					assertThat(abuse.stopped.await(10, TimeUnit.SECONDS)).isTrue();
				}
				case STOP_ELSEWHERE -> {
					elsewhere(() -> clients.stop(abuse.stopped::countDown)).get(10, TimeUnit.SECONDS);
					assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
				}
				case DESTROY -> {
					long start = System.nanoTime();
					clients.destroy();
					assertThat((System.nanoTime() - start) / 1e9).isLessThan(2.0);
					assertThat(Thread.currentThread().isInterrupted()).isFalse();
				}
				case DESTROY_ELSEWHERE -> destroyElsewhere(clients);
			}
		}

		/**
		 * The shutdown interrupts a hook. A hook that ignores the interrupt, as this one
		 * does, must not delay the shutdown.
		 */
		private static void destroyElsewhere(DefaultHeartbeatClients clients) {
			long start = System.nanoTime();
			elsewhere(clients::destroy).orTimeout(10, TimeUnit.SECONDS).join();
			assertThat((System.nanoTime() - start) / 1e9).isLessThan(2.0);
		}

		HeartbeatClientState state(Moment moment) {
			return switch (this) {
				case CLOSE, REMOVE, STOP, STOP_ELSEWHERE, DESTROY, DESTROY_ELSEWHERE -> HeartbeatClientState.STOPPED;
				case RECONNECT, OPEN -> HeartbeatClientState.OPEN;
				default -> (moment == Moment.EXHAUSTED) ? HeartbeatClientState.EXHAUSTED : HeartbeatClientState.OPEN;
			};
		}

		/**
		 * Return all expected hooks.
		 */
		List<String> lines(Moment moment) {
			List<String> lines = new ArrayList<>(moment.lines);
			switch (this) {
				case THROW_EXCEPTION, THROW_ERROR -> {
					if (!moment.isError()) {
						lines.add("ERROR LISTENER");
					}
					lines.addAll(moment.sequel);
				}
				case CLOSE, REMOVE -> addClose(lines, moment, 1000);
				case STOP, STOP_ELSEWHERE -> addClose(lines, moment, 1001);
				case DESTROY, DESTROY_ELSEWHERE -> {
				}
				case RECONNECT -> {
					addClose(lines, moment, 1000);
					if (moment.sequel.contains("RECONNECT 1")) {
						lines.add("RECONNECT 1");
					}
					lines.add("RECONNECT 1");
					lines.add((moment == Moment.ERROR_OF_ATTEMPT) ? "OPEN" : "OPEN again");
				}
				case OPEN -> lines.addAll((moment == Moment.EXHAUSTED) ? List.of("OPEN") : moment.sequel);
				case SEND, SEND_AND_JOIN -> lines.addAll(moment.isOpen() ? List.of("MESSAGE sent") : moment.sequel);
				case CREATE -> lines.addAll(moment.sequel);
			}
			return lines;
		}

		private static void addClose(List<String> lines, Moment moment, int code) {
			if (moment.isOpen()) {
				lines.add("CLOSE " + code + " CLIENT");
			}
			else if (moment == Moment.ERROR_OF_CONNECTION) {
				lines.add("CLOSE 1006 TRANSPORT");
			}
		}

	}

	@FunctionalInterface
	private interface Deed {

		void perform(Abuse abuse, HeartbeatClient client) throws Exception;

	}

	private static final class ThrownException extends RuntimeException {

	}

	private static final class ThrownError extends Error {

	}

	/**
	 * A client whose listener performs an action at a given moment, and the behaviour of
	 * its server.
	 */
	private final class Abuse implements HeartbeatListener {

		private final DefaultHeartbeatClients clients = clients();

		private final Moment moment;

		private final Deed deed;

		private final List<String> lines = new ArrayList<>();

		private final AtomicInteger requests = new AtomicInteger();

		private final AtomicBoolean begun = new AtomicBoolean();

		/**
		 * No reconnect occurs before the action is complete, so that the action occurs in
		 * a single state.
		 */
		private final CountDownLatch connectable = new CountDownLatch(1);

		private final CountDownLatch done = new CountDownLatch(1);

		private final CountDownLatch stopped = new CountDownLatch(1);

		private volatile @Nullable CompletableFuture<Void> sent;

		private volatile @Nullable Throwable failure;

		Abuse(Moment moment, Deed deed) {
			this.moment = moment;
			this.deed = deed;
		}

		HeartbeatClient provoke(HeartbeatClientSettings.Builder settings) {
			server().behave((connection) -> {
				connection.readRequest();
				if (connection.requestLine().startsWith("GET /test ")) {
					if (this.requests.incrementAndGet() == 1) {
						this.moment.serve(connection);
						return;
					}
					this.connectable.await();
				}
				connection.write(connection.acceptance());
				connection.echo();
			});
			if (this.moment == Moment.EXHAUSTED) {
				settings.repeatLimit(0);
			}
			HeartbeatClient client = create(settings.connectTimeout(PATIENCE)
				.reconnectTimeout(Duration.ofMillis(20))
				.closeTimeout(Duration.ofMillis(300))
				.listener(this));
			if (this.moment == Moment.MESSAGE) {
				until(client::isOpen);
				client.send("provoke");
			}
			return client;
		}

		HeartbeatClientSettings.Builder otherSettings() {
			return settings(server().url().replace("/test", "/other"));
		}

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			heard(client, reconnect ? "OPEN again" : "OPEN");
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			heard(client, "MESSAGE " + message.getPayload());
		}

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			heard(client, "ERROR " + cause.getKind());
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			heard(client, "CLOSE " + status.getCode() + " " + initiator);
		}

		@Override
		public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
				HeartbeatConnectionException cause) {
			heard(client, "RECONNECT " + attempt);
		}

		@Override
		public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
			heard(client, "EXHAUSTED " + attempts);
		}

		private void heard(HeartbeatClient client, String line) {
			synchronized (this.lines) {
				this.lines.add(line);
			}
			if (!lines().equals(this.moment.lines) || !this.begun.compareAndSet(false, true)) {
				return;
			}
			try {
				this.deed.perform(this, client);
			}
			catch (ThrownException | ThrownError ex) {
				throw ex;
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			finally {
				this.connectable.countDown();
				this.done.countDown();
			}
		}

		void awaitAct() {
			awaitUninterruptibly(this.done);
			assertThat(this.failure).isNull();
		}

		List<String> lines() {
			synchronized (this.lines) {
				return List.copyOf(this.lines);
			}
		}

		void awaitLines(List<String> expected) {
			Awaitility.await()
				.pollInSameThread()
				.atMost(Duration.ofSeconds(10))
				.pollInterval(Duration.ofMillis(2))
				.untilAsserted(() -> assertThat(lines()).isEqualTo(expected));
		}

		/**
		 * Return one letter for each hook, except for the errors of listeners, which may
		 * follow any other hook.
		 */
		String letters() {
			return lines().stream()
				.filter((line) -> !line.equals("ERROR LISTENER"))
				.map((line) -> line.substring(0, 1))
				.collect(Collectors.joining());
		}

	}

}
