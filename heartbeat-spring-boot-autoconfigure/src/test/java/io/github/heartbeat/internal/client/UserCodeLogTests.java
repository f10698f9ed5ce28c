package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.hook.ListenerFailure;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Guarantee 4: what user code throws is logged once with its stack frames, without
 * exception messages.
 */
@Timeout(30)
class UserCodeLogTests extends HandDrivenClient {

	private static final String SECRET = "password123";

	private static final StackTraceElement[] FRAMES = { frame("Prices", "parse", 7), frame("Prices", "onMessage", 42),
			frame("Main", "run", 1) };

	@RegisterExtension
	private final CapturedLog captured = new CapturedLog("io.github.heartbeat.HeartbeatClient");

	@Test
	void theFramesOfAListenerAreLoggedOnceWithoutTheMessage() {
		this.listeners.add(throwing(() -> withFrames(new IllegalStateException(SECRET), FRAMES)));
		start(settings());
		receive(3);
		assertThat(warnings()).containsExactly("""
				A listener of client 'test' threw java.lang.IllegalStateException from its message hook \
				(DEBUG shows the exception messages)
				\tat com.example.Prices.parse(Prices.java:7)
				\tat com.example.Prices.onMessage(Prices.java:42)
				\tat com.example.Main.run(Main.java:1)""");
	}

	@Test
	void causesAndSuppressedExceptionsAreLoggedWithoutTheFramesTheyShare() {
		this.listeners.add(throwing(() -> {
			Exception cause = withFrames(new IllegalArgumentException(SECRET), frame("Json", "read", 3), FRAMES[1],
					FRAMES[2]);
			Exception failure = withFrames(new IllegalStateException(SECRET, cause), FRAMES);
			failure.addSuppressed(withFrames(new RuntimeException(SECRET), frame("Json", "close", 9), FRAMES[2]));
			cause.addSuppressed(failure);
			return (RuntimeException) failure;
		}));
		start(settings());
		receive(1);
		assertThat(warnings()).containsExactly("""
				A listener of client 'test' threw java.lang.IllegalStateException from its message hook \
				(DEBUG shows the exception messages)
				\tat com.example.Prices.parse(Prices.java:7)
				\tat com.example.Prices.onMessage(Prices.java:42)
				\tat com.example.Main.run(Main.java:1)
				\tSuppressed: java.lang.RuntimeException
				\t\tat com.example.Json.close(Json.java:9)
				\t\t... 1 more
				Caused by: java.lang.IllegalArgumentException
				\tat com.example.Json.read(Json.java:3)
				\t... 2 more
				\tSuppressed: [circular reference: java.lang.IllegalStateException]""");
	}

	@Test
	void longStackTracesAndLongChainsOfCausesAreCut() {
		StackTraceElement[] frames = new StackTraceElement[1000];
		for (int i = 0; i < frames.length; i++) {
			frames[i] = frame("Recursion", "run", i + 1);
		}
		RuntimeException failure = withFrames(new RuntimeException(SECRET), frames);
		for (int i = 0; i < 5000; i++) {
			failure = withFrames(new RuntimeException(SECRET, failure), frame("Chain", "run", i + 1));
		}
		UserCodeLog log = log();
		log.thrown(Callback.OBSERVER, withFrames(new StackOverflowError(SECRET), frames));
		log.thrown(Callback.OBSERVER, failure);
		this.engine.run();
		assertThat(warnings().get(0)).contains("Recursion.java:50)\n\t... 950 more").doesNotContain(":51)");
		assertThat(warnings().get(1).lines().filter((line) -> line.startsWith("Caused by: java"))).hasSize(19);
		assertThat(warnings().get(1)).endsWith("\nCaused by: ...");
	}

	@Test
	void repeatsAreCountedWithALineAMinute() {
		this.listeners.add(throwing(() -> withFrames(new IllegalStateException(SECRET), FRAMES)));
		start(settings());
		for (int i = 0; i <= 130; i++) {
			receive(1);
			advanceMillis(1000);
		}
		assertThat(warnings()).hasSize(3);
		assertThat(warnings().subList(1, 3))
			.containsOnly("A listener of client 'test' threw java.lang.IllegalStateException from its message hook "
					+ "60 times in 1 min 0 s, at com.example.Prices.parse(Prices.java:7)");
	}

	@Test
	void placesAreToldApartByCallbackExceptionAndTopFrame() {
		UserCodeLog log = log();
		for (int i = 0; i < 2; i++) {
			log.thrown(Callback.MESSAGE, withFrames(new IllegalStateException(), FRAMES));
			log.thrown(Callback.OPEN, withFrames(new IllegalStateException(), FRAMES));
			log.thrown(Callback.MESSAGE, withFrames(new IllegalArgumentException(), FRAMES));
			log.thrown(Callback.MESSAGE, withFrames(new IllegalStateException(), FRAMES[1]));
			log.thrown(Callback.MESSAGE, withFrames(new IllegalStateException()));
			log.thrown(Callback.METHOD, ", One.on(String),", withFrames(new IllegalStateException(), FRAMES));
			log.thrown(Callback.METHOD, ", Other.on(String),", withFrames(new IllegalStateException(), FRAMES));
		}
		this.engine.run();
		assertThat(warnings()).hasSize(7);
	}

	@Test
	void theMemoryForPlacesIsBounded() {
		UserCodeLog log = log();
		for (int i = 0; i < 1000; i++) {
			log.thrown(Callback.MESSAGE, withFrames(new IllegalStateException(), frame("Prices", "parse", i + 1)));
		}
		advanceMillis(60_000);
		log.thrown(Callback.MESSAGE, withFrames(new IllegalStateException(), frame("Prices", "parse", 5000)));
		this.engine.run();
		assertThat(warnings()).hasSize(102);
		assertThat(warnings().get(100)).isEqualTo("User code threw exceptions at more than 100 places for client "
				+ "'test'; those of further places are counted together");
		assertThat(warnings().get(101))
			.isEqualTo("User code threw exceptions at further places for client 'test' 900 times in 1 min 0 s");
	}

	@Test
	void eachClientIsLoggedOnItsOwn() {
		EngineResources resources = this.engine.resources(() -> 0.5);
		new UserCodeLog("one", resources).thrown(Callback.OBSERVER, withFrames(new IllegalStateException(), FRAMES));
		new UserCodeLog("two", resources).thrown(Callback.OBSERVER, withFrames(new IllegalStateException(), FRAMES));
		this.engine.run();
		assertThat(warnings()).hasSize(2);
		assertThat(warnings().get(0)).contains("client 'one'");
		assertThat(warnings().get(1)).contains("client 'two'");
	}

	@Test
	void theCompleteExceptionIsLoggedAtDebug() {
		this.captured.level(Level.DEBUG);
		RuntimeException failure = withFrames(new IllegalStateException(SECRET), FRAMES);
		UserCodeLog log = log();
		log.thrown(Callback.RECONNECT_POLICY, failure);
		log.thrown(Callback.RECONNECT_POLICY, failure);
		this.engine.run();
		assertThat(this.captured.lines()).extracting(ILoggingEvent::getLevel)
			.containsExactly(Level.WARN, Level.DEBUG, Level.DEBUG);
		assertThat(this.captured.lines().subList(1, 3)).allSatisfy((line) -> {
			assertThat(line.getFormattedMessage())
				.isEqualTo("A reconnect policy of client 'test' threw java.lang.IllegalStateException");
			assertThat(line.getThrowableProxy().getMessage()).isEqualTo(SECRET);
		});
	}

	@Test
	void noCallbackHasItsMessageLoggedAtInfoOrAbove() {
		RuntimeException failure = new IllegalStateException(SECRET, new IllegalArgumentException(SECRET));
		this.listeners.add(new Thrower(failure));
		this.listeners.add(new HeartbeatListener() {
			@Override
			public boolean supports(String clientName) {
				throw failure;
			}
		});
		this.observers.add((client) -> {
			throw failure;
		});
		this.observers.add((client) -> new HeartbeatClientObserver() {
			@Override
			public void heartbeatWritten() {
				throw failure;
			}
		});
		start(settings().pingMessageSupplier((name) -> {
			throw failure;
		}).reconnectPolicy((name, attempt, elapsed, cause) -> {
			throw failure;
		}).repeatLimit(1));
		receive(1);
		this.network.answers(false);
		advanceMillis(15_000);
		this.network.mode(FakeNetwork.Mode.REFUSE);
		this.network.lastPeer().close(4000);
		advanceMillis(2000);
		assertThat(warnings()).filteredOn((line) -> line.contains("\n\tat "))
			.satisfiesExactlyInAnyOrder(
					(line) -> assertThat(line).startsWith("A listener of client 'test' threw ").contains("supports()"),
					(line) -> assertThat(line).contains(" from its open hook"),
					(line) -> assertThat(line).contains(" from its message hook"),
					(line) -> assertThat(line).contains(" from its error hook"),
					(line) -> assertThat(line).contains(" from its close hook"),
					(line) -> assertThat(line).contains(" from its reconnect hook"),
					(line) -> assertThat(line).contains(" from its exhausted hook"),
					(line) -> assertThat(line).startsWith("An observer factory of client 'test' threw "),
					(line) -> assertThat(line).startsWith("An observer of client 'test' threw "),
					(line) -> assertThat(line).startsWith("A ping-message supplier of client 'test' threw "),
					(line) -> assertThat(line).startsWith("A reconnect policy of client 'test' threw "));
		assertThat(warnings()).noneMatch((line) -> line.contains(SECRET));
	}

	@Test
	void anExceptionThatThrowsIsLoggedWithoutWhatItRefuses() {
		log().thrown(Callback.OBSERVER, new IllegalStateException() {
			@Override
			public StackTraceElement[] getStackTrace() {
				throw new IllegalStateException("for the test");
			}

			@Override
			public Throwable getCause() {
				throw new IllegalStateException("for the test");
			}
		});
		this.engine.run();
		assertThat(warnings()).singleElement()
			.satisfies(
					(line) -> assertThat(line).startsWith("An observer of client 'test' threw " + getClass().getName())
						.endsWith(" (DEBUG shows the exception messages)"));
	}

	@Test
	void aLineThatCannotBeSubmittedIsLoggedWithTheNextException() {
		this.captured.level(Level.DEBUG);
		AtomicBoolean refuses = new AtomicBoolean(true);
		UserCodeLog log = new UserCodeLog("test", refusing(refuses));
		RuntimeException failure = withFrames(new IllegalStateException(SECRET), FRAMES);
		for (int i = 0; i < 1000; i++) {
			assertThatNoException().isThrownBy(() -> log.thrown(Callback.OBSERVER, failure));
		}
		this.engine.run();
		assertThat(warnings()).isEmpty();
		refuses.set(false);
		log.thrown(Callback.OBSERVER, failure);
		this.engine.run();
		assertThat(warnings()).hasSize(1);
		assertThat(this.captured.lines()).filteredOn((line) -> line.getThrowableProxy() != null)
			.filteredOn((line) -> SECRET.equals(line.getThrowableProxy().getMessage()))
			.hasSize(1);
	}

	@Test
	void completeExceptionsThatWaitToBeLoggedAreBounded() {
		this.captured.level(Level.DEBUG);
		UserCodeLog log = log();
		for (int i = 0; i < 1000; i++) {
			log.thrown(Callback.OBSERVER, withFrames(new IllegalStateException(SECRET), FRAMES));
		}
		this.engine.run();
		assertThat(this.captured.lines()).hasSize(101);
		log.thrown(Callback.OBSERVER, withFrames(new IllegalStateException(SECRET), FRAMES));
		this.engine.run();
		assertThat(this.captured.lines()).hasSize(102);
	}

	private EngineResources refusing(AtomicBoolean refuses) {
		EngineResources resources = this.engine.resources(() -> 0.5);
		return new EngineResources(this.engine, this.engine, () -> 0.5,
				new EngineExecutors(resources.connects(), resources.io(), resources.cancels(), resources.aborts(),
						resources.hooks(), resources.futures(), (task) -> {
							if (refuses.get()) {
								throw new RejectedExecutionException("for the test");
							}
							resources.logs().execute(task);
						}),
				resources.pauseDetector(), () -> {
				}, () -> {
				});
	}

	@Test
	void theErrorNamesTheExceptionOfAListener() {
		this.listeners.add(throwing(() -> new IllegalStateException(SECRET)));
		start(settings());
		receive(1);
		HeartbeatConnectionException cause = this.client.getSnapshot().lastError().cause();
		assertThat(cause.getKind()).isEqualTo(Kind.LISTENER);
		assertThat(cause)
			.hasMessage("A listener of client 'test' threw java.lang.IllegalStateException from its message hook")
			.hasNoCause();
	}

	/**
	 * The listener of a method describes what failed. The next listener is called.
	 */
	@Test
	void aFailureThatAListenerDescribesIsLoggedAndPublishedAsDescribed() {
		this.listeners.add(0,
				throwing(() -> new ListenerFailure(Kind.CONVERSION, Callback.CONVERSION,
						" to com.example.Price for Prices.on(Price)",
						withFrames(new IllegalArgumentException(SECRET), FRAMES))));
		start(settings());
		receive(1);
		assertThat(warnings()).containsExactly("""
				The conversion of a message of client 'test' to com.example.Price for Prices.on(Price) threw \
				java.lang.IllegalArgumentException; the method is not called (DEBUG shows the exception messages)
				\tat com.example.Prices.parse(Prices.java:7)
				\tat com.example.Prices.onMessage(Prices.java:42)
				\tat com.example.Main.run(Main.java:1)""");
		HeartbeatConnectionException cause = this.client.getSnapshot().lastError().cause();
		assertThat(cause.getKind()).isEqualTo(Kind.CONVERSION);
		assertThat(cause)
			.hasMessage("The conversion of a message of client 'test' to com.example.Price for Prices.on(Price) threw "
					+ "java.lang.IllegalArgumentException")
			.hasNoCause();
		assertThat(this.log.lines()).contains("MESSAGE price", "ERROR CONVERSION");
	}

	private UserCodeLog log() {
		return new UserCodeLog("test", this.engine.resources(() -> 0.5));
	}

	private void receive(int messages) {
		for (int i = 0; i < messages; i++) {
			this.network.lastPeer().send("price");
			this.engine.run();
		}
	}

	private List<String> warnings() {
		return this.captured.lines()
			.stream()
			.filter((line) -> line.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	private static StackTraceElement frame(String type, String method, int line) {
		return new StackTraceElement("com.example." + type, method, type + ".java", line);
	}

	private static <T extends Throwable> T withFrames(T failure, StackTraceElement... frames) {
		failure.setStackTrace(frames);
		return failure;
	}

	private static HeartbeatListener throwing(Supplier<RuntimeException> failure) {
		return new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw failure.get();
			}
		};
	}

	/**
	 * Throws from every hook.
	 */
	private record Thrower(RuntimeException failure) implements HeartbeatListener {

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			throw this.failure;
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			throw this.failure;
		}

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			throw this.failure;
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			throw this.failure;
		}

		@Override
		public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
				HeartbeatConnectionException cause) {
			throw this.failure;
		}

		@Override
		public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
			throw this.failure;
		}

	}

}
