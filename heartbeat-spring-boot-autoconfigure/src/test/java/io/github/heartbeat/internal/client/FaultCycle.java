package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.heartbeat.HeartbeatAttemptObserver;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.internal.client.FakeNetwork.Peer;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.testing.Faults;
import io.github.heartbeat.testing.Faults.Kind;
import io.github.heartbeat.testing.HookGrammar;
import io.github.heartbeat.testing.HookLog;

import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A client connects, opens, receives, sends, sends heartbeats and loses its connection in
 * every way, with a hand-driven clock, while an operation fails. The failures then stop,
 * and the cycle verifies the invariants of the client. It also verifies the order of the
 * hooks, unless the hooks themselves could not be allocated.
 */
public final class FaultCycle implements Runnable {

	/** One {@code connect-timeout}, one wait and two checks. */
	private static final Duration RECOVERY = Duration.ofSeconds(10 + 2 + 7);

	/** A lost timeout is detected only when it is overdue. */
	private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(15 + 1);

	private static final Duration STEP = Duration.ofNanos(EngineResources.CHECK_NANOS);

	private final ManualEngine engine = new ManualEngine();

	private final FakeNetwork network = new FakeNetwork();

	private final HookLog log = new HookLog();

	private final Attempts attempts = new Attempts();

	private final AtomicInteger messages = new AtomicInteger();

	private final List<CompletableFuture<Void>> sends = new ArrayList<>();

	private final Kind kind;

	private final long from;

	private final long count;

	/** Whether the client logs in and subscribes. */
	private final boolean login;

	private DefaultHeartbeatClient client;

	private long calls;

	public FaultCycle(Kind kind, long from, long count, boolean login) {
		this.kind = kind;
		this.from = from;
		this.count = count;
		this.login = login;
		this.engine.tolerant();
	}

	/**
	 * Return the number of calls that could have failed.
	 */
	public long calls() {
		return this.calls;
	}

	@Override
	public void run() {
		create();
		Faults.arm(this.kind, this.from, this.count);
		try {
			live();
		}
		finally {
			this.calls = Faults.disarm();
		}
		verify();
	}

	private void create() {
		HeartbeatClientSettings.Builder settings = HeartbeatClientSettings.builder("ws://localhost/")
			.reconnectJitter(0)
			.sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE)
			.reconnectPolicy((name, attempt, elapsed, cause) -> HeartbeatReconnectDecision.undecided());
		if (this.login) {
			settings.sessionInitializer(new Login());
		}
		this.client = TestClients.client("test", settings.build(), () -> List.of(this.log, new Listener()),
				() -> List.of((client) -> this.attempts), this.network.container(),
				new ConnectLimiter(64, Runnable::run), resources());
		if (this.login) {
			this.client.subscribe("eur", "subscribe", "unsubscribe");
		}
		this.client.findExtensions();
		HookQueue hooks = (HookQueue) ReflectionTestUtils.getField(this.client.machine(), "hooks");
		this.network.readingBlocked(hooks::isBusy);
	}

	private EngineResources resources() {
		EngineResources manual = this.engine.resources(() -> 0.5);
		return new EngineResources(this.engine, this::schedule, () -> 0.5,
				new EngineExecutors(faulty(manual.connects()), faulty(manual.io()), faulty(manual.cancels()),
						faulty(manual.aborts()), faulty(manual.hooks()), faulty(manual.futures()),
						faulty(manual.logs())),
				manual.pauseDetector(), () -> {
				}, () -> {
				});
	}

	private Timer.Timeout schedule(Runnable task, long delayNanos) {
		if (Faults.fails(Kind.TIMER)) {
			throw new OutOfMemoryError("unable to create native thread, for the test");
		}
		return this.engine.schedule(Faults.fails(Kind.LOST_TIMEOUT) ? () -> {
		} : task, delayNanos);
	}

	private static Executor faulty(Executor executor) {
		return (task) -> {
			if (Faults.fails(Kind.EXECUTOR)) {
				throw new RejectedExecutionException("for the test");
			}
			if (!Faults.fails(Kind.LOST_TASK)) {
				executor.execute(task);
			}
		};
	}

	/**
	 * A call on a user thread may throw the injected failure.
	 */
	private void step(Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | Error ex) {
			if (ex.getMessage() == null || !ex.getMessage().contains("for the test")) {
				throw ex;
			}
		}
		this.engine.run();
		this.network.read();
	}

	private void live() {
		step(() -> this.client.machine().start());
		step(() -> receive("hello"));
		step(() -> this.sends.add(this.client.send("one")));
		step(() -> this.sends.add(this.client.send("two")));
		step(() -> receive("throw"));
		advance(Duration.ofSeconds(16));
		step(() -> onLivePeer(Peer::drop));
		step(() -> this.sends.add(this.client.send("queued")));
		advance(Duration.ofSeconds(3));
		step(() -> onLivePeer((peer) -> peer.close(1001)));
		advance(Duration.ofSeconds(3));
		step(() -> this.network.mode(Mode.REFUSE));
		step(() -> this.client.reconnect());
		advance(Duration.ofSeconds(3));
		step(() -> this.network.mode(Mode.HANG));
		advance(Duration.ofSeconds(13));
		step(() -> this.network.mode(Mode.ACCEPT));
		advance(Duration.ofSeconds(13));
		step(() -> this.network.answers(false));
		advance(Duration.ofSeconds(30));
		step(() -> this.network.answers(true));
		step(() -> this.client.close());
		step(() -> this.sends.add(this.client.send("closed")));
		advance(Duration.ofSeconds(3));
		step(() -> this.client.open());
		step(() -> this.client.getSession());
	}

	/**
	 * Apply an event to the connection, if the fault left one.
	 */
	private void onLivePeer(Consumer<Peer> event) {
		if (livePeers() > 0) {
			event.accept(this.network.lastPeer());
		}
	}

	private void receive(String text) {
		onLivePeer((peer) -> peer.send(text));
	}

	/**
	 * Advance the clock, with regular checks of the client.
	 */
	private void advance(Duration duration) {
		Duration left = duration;
		while (left.compareTo(STEP) > 0) {
			this.engine.advance(STEP);
			this.client.machine().check();
			this.network.read();
			left = left.minus(STEP);
		}
		this.engine.advance(left);
		this.network.read();
	}

	private void verify() {
		this.network.mode(Mode.ACCEPT);
		if (this.client.getState() == HeartbeatClientState.STOPPED) {
			this.client.open();
		}
		advance((this.kind == Kind.LOST_TIMEOUT) ? RECOVERY.plus(LONGEST_TIMEOUT) : RECOVERY);
		this.client.machine().check();
		verifyOpen("after the fault");
		require(this.sends.stream().allMatch(CompletableFuture::isDone), "a future has not ended");
		this.network.answers(false);
		int attempts = this.network.handshakes().size();
		advance(Duration.ofSeconds(15 + 10 + 2 + 1));
		require(this.network.handshakes().size() > attempts, "a dead peer was not noticed");
		this.network.answers(true);
		advance(RECOVERY);
		verifyOpen("after a dead peer");
		if (this.kind != Kind.ALLOCATION) {
			HookGrammar.checkWithCloses(this.log.lines());
		}
		this.client.close();
		require(this.client.getState() == HeartbeatClientState.STOPPED, "not stopped");
		advance(Duration.ofSeconds(12));
		require(livePeers() == 0, "a connection is left");
		if (this.kind != Kind.LOST_TASK) {
			require(this.attempts.open == 0, this.attempts.open + " attempts have not ended for their observer");
		}
		require(this.engine.pendingTimers() == 0, this.engine.pendingTimers() + " timers are left");
	}

	private void verifyOpen(String when) {
		require(this.client.isOpen(), "not open " + when);
		require(livePeers() == 1, livePeers() + " live connections " + when);
		int heard = this.messages.get();
		this.network.lastPeer().send("hello again");
		this.engine.run();
		require(this.messages.get() == heard + 1, "a message is not delivered " + when);
		CompletableFuture<Void> send = this.client.send("still there");
		this.engine.run();
		require(send.isDone() && !send.isCompletedExceptionally(), "a message is not sent " + when);
	}

	private long livePeers() {
		return this.network.peers().stream().filter(Peer::isLive).count();
	}

	private void require(boolean condition, String otherwise) {
		if (!condition) {
			throw new IllegalStateException(otherwise + ": " + this.client + ", " + this.client.getSnapshot());
		}
	}

	/**
	 * Counts the attempts whose end was not reported.
	 */
	private static final class Attempts implements HeartbeatClientObserver, HeartbeatAttemptObserver {

		private int open;

		@Override
		public HeartbeatAttemptObserver attemptStarted() {
			this.open++;
			return this;
		}

		@Override
		public void succeeded() {
			this.open--;
		}

		@Override
		public void failed(HeartbeatConnectionException failure) {
			this.open--;
		}

		@Override
		public void cancelled() {
			this.open--;
		}

	}

	/**
	 * The session is ready when the login is answered.
	 */
	private static final class Login implements HeartbeatSessionInitializer {

		@Override
		public void initialize(HeartbeatSession session) {
			session.send("login");
		}

		@Override
		public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
			if (message.getPayload().equals("answer to login")) {
				session.ready();
				return true;
			}
			return false;
		}

	}

	private final class Listener implements HeartbeatListener {

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			if (message instanceof TextMessage text && text.getPayload().equals("throw")) {
				throw new IllegalStateException("thrown by a test");
			}
			if (message instanceof TextMessage text && text.getPayload().startsWith("hello")) {
				FaultCycle.this.messages.incrementAndGet();
			}
		}

	}

}
