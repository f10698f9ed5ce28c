package io.github.heartbeat.internal.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.client.FakeNetwork.Peer;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.testing.CapturedLog;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Session initializers, with a hand-driven clock.
 */
@Timeout(60)
class ClientSessionInitializerTests extends HandDrivenClient {

	@RegisterExtension
	final CapturedLog capturedLog = new CapturedLog("io.github.heartbeat");

	private final Login login = new Login();

	@BeforeEach
	void answerNothing() {
		this.network.answers(false);
	}

	private HeartbeatClientSettings.Builder loginSettings() {
		return settings().sessionInitializer(this.login).sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE);
	}

	private Peer peer() {
		return this.network.lastPeer();
	}

	private List<String> written() {
		this.engine.run();
		return peer().written();
	}

	private void receive(String text) {
		peer().send(text);
		this.engine.run();
	}

	private HeartbeatConnectionException lastError() {
		return this.client.getSnapshot().lastError().cause();
	}

	@Test
	void theClientIsConnectingUntilTheSessionIsReady() {
		start(loginSettings());
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		assertThat(this.client.getSession()).isNull();
		assertThat(written()).containsExactly("login");
		assertThat(this.log.lines()).isEmpty();
		receive("welcome");
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).containsExactly("OPEN");
		assertThat(this.client.getSession().getAttributes()).containsEntry("step", "welcome");
		assertThat(this.login.clients).containsExactly(this.client);
	}

	@Test
	void nothingIsSentButWhatTheInitializerSendsAndThenTheOrderIsThatOfAnOpen() {
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.send("hook");
			}

		});
		start(loginSettings().pingTimeout(Duration.ofSeconds(3)).sendOnOpen("greeting"));
		this.client.subscribe("eur", "subscribe", null);
		CompletableFuture<Void> queued = this.client.send("queued");
		advanceMillis(9_000);
		assertThat(written()).containsExactly("login");
		assertThat(queued).isNotDone();
		receive("welcome");
		this.client.send("live");
		assertThat(written().stream().filter((text) -> !text.equals("heartbeat"))).containsExactly("login", "greeting",
				"hook", "subscribe", "queued", "live");
		assertThat(queued).isCompleted();
	}

	@Test
	void aMessageThatIsAcceptedDuringTheLoginIsSentOnThatConnection() {
		start(loginSettings());
		advanceMillis(100);
		CompletableFuture<Void> queued = this.client.send("queued");
		advanceMillis(100);
		receive("welcome");
		assertThat(written()).containsExactly("login", "queued");
		assertThat(queued).isCompleted();
	}

	@Test
	void messagesThatTheInitializerDoesNotTakeFollowTheOpenHookInOrder() {
		start(loginSettings());
		receive("1");
		receive("2");
		assertThat(this.log.lines()).isEmpty();
		receive("welcome");
		receive("3");
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE 1", "MESSAGE 2", "MESSAGE 3");
		assertThat(this.login.messages).containsExactly("1", "2", "welcome");
	}

	@Test
	void messagesBetweenReadyAndTheOpenHookFollowIt() throws Exception {
		Thread reader = new Thread(() -> peer().send("3"));
		this.login.action = (session, message) -> {
			if (message.equals("welcome")) {
				reader.start();
				Awaitility.await().until(() -> reader.getState() == Thread.State.WAITING);
				session.ready();
			}
			return message.equals("welcome");
		};
		start(loginSettings());
		receive("1");
		receive("welcome");
		reader.join();
		receive("4");
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE 1", "MESSAGE 3", "MESSAGE 4");
	}

	@Test
	void aCloseOfAnOpenHookDiscardsTheMessagesThatFollowIt() {
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.close();
			}

		});
		start(loginSettings());
		receive("1");
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT");
	}

	@Test
	void aCloseAfterTheLossOfTheConnectionDiscardsTheMessagesThatFollowTheOpenHook() {
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				peer().close(1001);
				client.close();
			}

		});
		start(loginSettings());
		receive("1");
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1001 SERVER");
	}

	@Test
	void theQueueIsSentIfTheOpenHookReturnsAtOnce() {
		EngineResources manual = this.engine.resources(() -> 0.5);
		Executor atOnce = ClientSessionInitializerTests::runAtOnce;
		EngineExecutors executors = new EngineExecutors(manual.connects(), atOnce, manual.cancels(), manual.aborts(),
				atOnce, manual.futures(), manual.logs());
		this.client = TestClients.client("test", loginSettings().build(), () -> this.listeners, () -> this.observers,
				this.network.container(), this.connectLimiter, new EngineResources(this.engine, this.engine, () -> 0.5,
						executors, manual.pauseDetector(), null, () -> {
						}));
		this.client.findExtensions();
		this.client.machine().start();
		this.engine.run();
		advanceMillis(100);
		CompletableFuture<Void> queued = this.client.send("queued");
		advanceMillis(100);
		this.login.session.ready();
		assertThat(written()).containsExactly("login", "queued");
		assertThat(queued).isCompleted();
	}

	/**
	 * Run a task to its end on another thread while the caller holds its locks.
	 */
	private static void runAtOnce(Runnable task) {
		Thread thread = new Thread(task);
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void messagesBeforeALossAreDelivered() {
		this.login.action = (session, message) -> {
			session.ready();
			return false;
		};
		start(loginSettings());
		this.engine.holdHooks(true);
		peer().send("1");
		peer().drop();
		this.engine.holdHooks(false);
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE 1", "ERROR CONNECTION_LOST 1006",
				"CLOSE 1006 TRANSPORT", "RECONNECT 1");
	}

	@Test
	void moreThanMaxMessageSizeBeforeReadyFailsTheAttempt() {
		start(loginSettings().maxMessageSize(DataSize.ofBytes(10)));
		receive("1234567890");
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		receive("x");
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
		assertThat(lastError())
			.hasMessage("More than max-message-size (10B) was received before the session was ready");
	}

	@Test
	void aMessageThatIsTooLargeFailsTheAttempt() {
		start(loginSettings().maxMessageSize(DataSize.ofBytes(10)));
		receive("12345678901");
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
		assertThat(lastError())
			.hasMessage("A message is larger than max-message-size (10B) before the session was ready");
		assertThat(written()).containsExactly("login", "CLOSE 1009");
	}

	@Test
	void theInitializerGetsAReadOnlyBuffer() {
		AtomicReference<ByteBuffer> buffer = new AtomicReference<>();
		start(settings().sessionInitializer(new HeartbeatSessionInitializer() {

			@Override
			public void initialize(HeartbeatSession session) {
				session.getAttributes().put("begun", true);
			}

			@Override
			public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
				buffer.set(((BinaryMessage) message).getPayload());
				buffer.get().get();
				session.ready();
				return false;
			}

		}));
		peer().send(new byte[] { 1, 2 });
		this.engine.run();
		assertThat(buffer.get().isReadOnly()).isTrue();
		assertThat(this.log.lines().get(1)).contains("lim=2").contains("pos=0");
	}

	@Test
	void heartbeatsBeginWhenTheSessionIsReady() {
		start(loginSettings().pingTimeout(Duration.ofSeconds(2)).connectTimeout(Duration.ofSeconds(60)));
		advanceMillis(30_000);
		assertThat(written()).containsExactly("login");
		receive("welcome");
		advanceMillis(1_999);
		assertThat(written()).containsExactly("login");
		advanceMillis(1);
		assertThat(written()).containsExactly("login", "heartbeat");
		advanceMillis(10_000);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1");
	}

	@Test
	void theTimeOfTheLoginDoesNotProveTheConnection() {
		this.network.refuse(503);
		start(loginSettings().stableAfter(Duration.ofSeconds(5)).connectTimeout(Duration.ofSeconds(60)));
		this.network.mode(FakeNetwork.Mode.ACCEPT);
		advanceMillis(2_000);
		advanceMillis(10_000);
		receive("welcome");
		receive("early");
		assertThat(this.client.getRepeat()).isOne();
		advanceMillis(5_000);
		receive("late");
		assertThat(this.client.getRepeat()).isZero();
	}

	@Test
	void failFailsTheAttemptWithItsReason() {
		this.login.action = (session, message) -> {
			session.fail("The account is locked");
			return true;
		};
		start(loginSettings().repeatLimit(1));
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
		assertThat(lastError()).hasMessage("The account is locked");
		assertThat(peer().written()).containsExactly("login", "CLOSE 1000");
		advanceMillis(2_000);
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1", "ERROR NOT_READY",
				"EXHAUSTED 1");
	}

	@Test
	void aReasonIsRequired() {
		start(loginSettings());
		assertThatIllegalArgumentException().isThrownBy(() -> this.login.session.fail(" "));
		receive("welcome");
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void anExceptionOfInitializeFailsTheAttempt() {
		start(settings().sessionInitializer((session) -> {
			throw new IllegalStateException("secret");
		}));
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
		assertThat(lastError())
			.hasMessage("A session initializer of client 'test' threw java.lang.IllegalStateException");
		assertThat(this.capturedLog.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.anyMatch((line) -> line.startsWith("A session initializer of client 'test' threw"))
			.noneMatch((line) -> line.contains("secret"));
	}

	@Test
	void anExceptionOfOnMessageFailsTheAttempt() {
		this.login.action = (session, message) -> {
			throw new StackOverflowError();
		};
		start(loginSettings());
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
	}

	@Test
	void anExceptionAfterReadyIsAnErrorOfAnOpenConnection() {
		start(settings().sessionInitializer((session) -> {
			session.ready();
			throw new IllegalStateException();
		}));
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR LISTENER");
	}

	@Test
	void theDeadlineFailsTheAttempt() {
		start(loginSettings().connectTimeout(Duration.ofSeconds(5)));
		advanceMillis(4_999);
		assertThat(this.log.lines()).isEmpty();
		advanceMillis(1);
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
		assertThat(lastError()).hasMessage("The session was not ready within connect-timeout (5000 ms)");
		assertThat(peer().isAborted()).isTrue();
	}

	@Test
	void theTimeOfTheHandshakeCountsTowardsTheDeadline() {
		this.network.mode(FakeNetwork.Mode.HANG);
		start(loginSettings().connectTimeout(Duration.ofSeconds(5)));
		advanceMillis(3_000);
		this.network.handshakes().get(0).accept();
		advanceMillis(2_000);
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
	}

	@Test
	void aCloseOfTheServerFailsTheAttemptWithItsCode() {
		start(loginSettings());
		peer().close(1013);
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY 1013", "RECONNECT 1");
		assertThat(lastError())
			.hasMessage("The server closed the connection with code 1013 before the session was ready");
	}

	@Test
	void closeCodesMeetStopOn() {
		start(loginSettings().stopOnCloseCodes("4401"));
		peer().close(4401);
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY 4401", "EXHAUSTED 0");
	}

	@Test
	void aLossFailsTheAttempt() {
		start(loginSettings());
		peer().drop();
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY 1006", "RECONNECT 1");
	}

	@Test
	void aQueueThatWaitsThroughTenFailedLoginsArrivesOnceAfterTheEleventh() {
		this.login.action = (session, message) -> {
			session.fail("Not yet");
			return true;
		};
		start(loginSettings());
		List<CompletableFuture<Void>> sends = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			sends.add(this.client.send("queued " + i));
			receive("sorry");
			advanceMillis(2_000);
		}
		assertThat(this.log.count("ERROR NOT_READY")).isEqualTo(10);
		assertThat(sends).noneMatch(CompletableFuture::isDone);
		this.login.action = null;
		receive("welcome");
		assertThat(written()).containsExactly("login", "queued 0", "queued 1", "queued 2", "queued 3", "queued 4",
				"queued 5", "queued 6", "queued 7", "queued 8", "queued 9");
		assertThat(sends).allMatch((send) -> send.isDone() && !send.isCompletedExceptionally());
		assertThat(this.network.peers().subList(0, 10))
			.allMatch((peer) -> peer.written().equals(List.of("login", "CLOSE 1000")));
	}

	@Test
	void theFirstDecisionCounts() {
		start(loginSettings());
		HeartbeatSession session = this.login.session;
		session.ready();
		session.ready();
		session.fail("Too late");
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN");
		peer().close(1001);
		session.ready();
		this.engine.run();
		session.fail("Too late");
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1001 SERVER", "RECONNECT 1");
	}

	@Test
	void aDecisionAfterTheEndOfTheAttemptIsIgnored() {
		start(loginSettings());
		HeartbeatSession first = this.login.session;
		peer().close(1001);
		advanceMillis(2_000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		first.ready();
		first.fail("Too late");
		this.engine.run();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		CompletableFuture<Void> late = first.send("late");
		this.engine.run();
		assertThat(LiveClients.reasonOf(late)).isEqualTo(Reason.NOT_OPEN);
		receive("welcome");
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void anInitializerThatIsBlockedDoesNotDelayTheDeadline() {
		this.engine.holdHooks(true);
		start(loginSettings().connectTimeout(Duration.ofSeconds(5)));
		advanceMillis(5_000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		this.engine.holdHooks(false);
		assertThat(this.login.session).isNull();
		assertThat(this.log.lines()).containsExactly("ERROR NOT_READY", "RECONNECT 1");
	}

	@Test
	void theMessagesOfTheSessionAfterReadyAreQueuedWithThoseOfTheClient() {
		start(loginSettings());
		receive("welcome");
		this.client.send("1");
		this.login.session.send("2");
		assertThat(written()).containsExactly("login", "1", "2");
		assertThatIllegalArgumentException().isThrownBy(() -> this.login.session.send(new TextMessage("x", false)));
	}

	@Test
	void closeEndsAnAttemptThatIsNotReady() {
		start(loginSettings());
		CompletableFuture<Void> queued = this.client.send("queued");
		receive("1");
		this.client.close();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		this.engine.run();
		assertThat(written()).containsExactly("login", "CLOSE 1000");
		assertThat(this.log.lines()).isEmpty();
		assertThat(LiveClients.reasonOf(queued)).isEqualTo(Reason.CLOSED);
		this.login.session.ready();
		this.engine.run();
		assertThat(this.log.lines()).isEmpty();
		this.client.open();
		this.engine.run();
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("OPEN");
	}

	@Test
	void reconnectEndsAnAttemptThatIsNotReady() {
		start(loginSettings());
		this.client.reconnect();
		this.engine.run();
		assertThat(this.network.peers()).hasSize(2);
		assertThat(this.network.peers().get(0).isAborted()).isTrue();
		assertThat(this.log.lines()).containsExactly("RECONNECT 1");
		receive("welcome");
		assertThat(this.log.lines()).containsExactly("RECONNECT 1", "OPEN");
	}

	@Test
	void thePermitIsReturnedAfterTheHandshake() {
		start(loginSettings());
		ConnectLimiter.Permit permit = this.connectLimiter.acquire("localhost:80", () -> {
		});
		assertThat(permit.isAtOnce()).isTrue();
	}

	@Test
	void nothingRemainsAfterARemove() {
		start(loginSettings());
		this.client.remove(() -> this.login.messages.add("removed"));
		advanceMillis(20_000);
		assertThat(this.login.messages).containsExactly("removed");
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void aPongIsNotForTheInitializer() {
		start(loginSettings().pongMsg("pong"));
		receive("pong");
		assertThat(this.login.messages).isEmpty();
	}

	@Test
	void theMeterOfAttemptsIncludesTheLogin() {
		List<String> attempts = new ArrayList<>();
		this.observers.add((client) -> new HeartbeatClientObserver() {

			@Override
			public void attemptEnded(Duration duration, boolean success) {
				attempts.add(duration.toMillis() + " " + success);
			}

			@Override
			public void stateChanged(HeartbeatClientState state, HeartbeatConnectionException cause) {
				attempts.add(state.name());
			}

		});
		start(loginSettings());
		advanceMillis(700);
		receive("welcome");
		assertThat(attempts).containsExactly("CONNECTING", "700 true", "OPEN");
	}

	/**
	 * Sends {@code login} and is ready when the server answers {@code welcome}.
	 */
	private static final class Login implements HeartbeatSessionInitializer {

		private final List<String> messages = new ArrayList<>();

		private final List<HeartbeatClient> clients = new ArrayList<>();

		private HeartbeatSession session;

		private Action action;

		@Override
		public void initialize(HeartbeatSession session) {
			this.session = session;
			this.clients.add(session.getClient());
			session.send("login");
		}

		@Override
		public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
			String text = (String) message.getPayload();
			if (this.action != null) {
				return this.action.onMessage(session, text);
			}
			this.messages.add(text);
			if (text.equals("welcome")) {
				session.getAttributes().put("step", text);
				session.ready();
				return true;
			}
			return false;
		}

		private interface Action {

			boolean onMessage(HeartbeatSession session, String message);

		}

	}

}
