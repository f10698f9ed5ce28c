package io.github.heartbeat.internal.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.internal.client.FakeNetwork.Peer;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.ReceiptListener;
import io.github.heartbeat.testing.HookGrammar;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the lifecycle of a client with a hand-driven clock: every transition, and the
 * times of heartbeats and reconnects to the nanosecond.
 */
class ClientLifeTests extends HandDrivenClient {

	@Test
	void anHourOfHeartbeatsIsOneEveryPingTimeout() {
		start(settings());
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.network.lastPeer().written()).hasSize(240).containsOnly("heartbeat");
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(this.log.count("MESSAGE answer to heartbeat")).isEqualTo(240);
	}

	@Test
	void aBusyHourSendsNoHeartbeatAndNeedsNoTimerOperationPerMessage() {
		start(settings());
		long before = this.engine.scheduled();
		for (int i = 0; i < 36_000; i++) {
			advanceMillis(100);
			this.network.lastPeer().send("tick");
		}
		assertThat(this.network.lastPeer().written()).isEmpty();
		assertThat(this.engine.scheduled() - before).isLessThanOrEqualTo(3600 / 15 + 1);
	}

	@Test
	void withPingAlwaysABusyConnectionSendsHeartbeatsToo() {
		start(settings().pingAlways(true).pingTimeout(Duration.ofSeconds(10)));
		for (int i = 0; i < 600; i++) {
			advanceMillis(100);
			this.network.lastPeer().send("tick");
		}
		assertThat(this.network.lastPeer().written()).hasSize(6).containsOnly("heartbeat");
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.OPEN);
	}

	@Test
	void withPingAlwaysHeartbeatsGoOnWhileAnAnswerIsAwaitedAndTheFirstDecides() {
		this.network.answers(false);
		start(settings().pingAlways(true).pingTimeout(Duration.ofSeconds(2)).pongTimeout(Duration.ofSeconds(7)));
		advanceMillis(8999);
		assertThat(this.network.lastPeer().written()).hasSize(4);
		assertThat(this.log.lines()).containsExactly("OPEN");
		advanceMillis(1);
		assertThat(this.log.lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT");
	}

	@Test
	void withPingAlwaysAnythingReceivedAfterAHeartbeatAnswersIt() {
		this.network.answers(false);
		start(settings().pingAlways(true).pingTimeout(Duration.ofSeconds(10)).pongTimeout(Duration.ofSeconds(4)));
		advanceMillis(3000);
		for (int i = 0; i < 5; i++) {
			advanceMillis(10_000);
			this.network.lastPeer().send("tick");
		}
		assertThat(this.log.count("CLOSE")).isZero();
	}

	@Test
	void aMessageThatAPongMatcherAcceptsIsCountedAndNotPublished() {
		AtomicInteger received = new AtomicInteger();
		this.observers.add((client) -> new HeartbeatClientObserver() {
			@Override
			public void messageReceived() {
				received.incrementAndGet();
			}
		});
		start(settings().pongMatcher((message) -> message.getPayload().equals("pong"))
			.pongMatcher((message) -> message.getPayload().equals("ack")));
		List.of("pong", "price", "ack").forEach(this.network.lastPeer()::send);
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE price");
		assertThat(received).hasValue(3);
	}

	@Test
	void aPongMatcherIsAskedOnlyAboutTheClientsItSupports() {
		start(settings().pongMatcher(new HeartbeatPongMatcher() {
			@Override
			public boolean supports(String clientName) {
				return clientName.equals("other");
			}

			@Override
			public boolean isPong(WebSocketMessage<?> message) {
				return true;
			}
		}));
		this.network.lastPeer().send("price");
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE price");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void aMessageIsPublishedIfAPongMatcherThrows(CapturedOutput output) {
		start(settings().pongMatcher((message) -> {
			throw new IllegalStateException("secret");
		}));
		this.network.lastPeer().send("price");
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE price");
		assertThat(output)
			.contains("A pong matcher of client 'test' threw java.lang.IllegalStateException; it does not accept");
	}

	@Test
	void heartbeatsAreOnTimeWhenPingTimeoutIsShorterThanPongTimeout() {
		start(settings().pingTimeout(Duration.ofMillis(100)).pongTimeout(Duration.ofSeconds(10)));
		advanceMillis(1000);
		assertThat(this.network.lastPeer().written()).hasSize(10);
	}

	/**
	 * A long send timeout, so that no other timeout is due meanwhile.
	 */
	@Test
	void anAnsweredHeartbeatNeedsOneTimeoutWhenTheTimeoutsAreEqual() {
		this.network.answers(false);
		start(settings().pingTimeout(Duration.ofSeconds(2))
			.pongTimeout(Duration.ofSeconds(2))
			.sendTimeout(Duration.ofHours(1)));
		answerHeartbeats(2);
		long before = this.engine.scheduled();
		answerHeartbeats(100);
		assertThat(this.engine.scheduled() - before).isEqualTo(100);
	}

	@Test
	void aDeadPeerIsNoticedTenMillisecondsLateAtMostWhenTheTimeoutsAreEqual() {
		this.network.answers(false);
		start(settings().pingTimeout(Duration.ofSeconds(2)).pongTimeout(Duration.ofSeconds(2)));
		answerHeartbeats(2);
		advanceMillis(100);
		this.network.lastPeer().send("late");
		advanceMillis(2000);
		assertThat(this.network.lastPeer().written()).hasSize(3);
		advanceMillis(1999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(11);
		assertThat(this.client.isOpen()).isFalse();
	}

	/**
	 * Answer each heartbeat after a millisecond.
	 */
	private void answerHeartbeats(int count) {
		for (int i = 0; i < count; i++) {
			int written = this.network.lastPeer().written().size();
			for (int waited = 0; this.network.lastPeer().written().size() == written; waited++) {
				assertThat(waited).isLessThan(2010);
				advanceMillis(1);
			}
			advanceMillis(1);
			this.network.lastPeer().send("answer");
		}
	}

	@Test
	void aDeadPeerIsNoticedAtPingPlusPongTimeout() {
		this.network.answers(false);
		start(settings());
		advanceMillis(24_999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(1);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1");
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		assertThat(this.network.lastPeer().written()).containsExactly("heartbeat");
		advanceMillis(1999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
	}

	@Test
	void aReceiptAfterTheHeartbeatStartsANewPingTimeout() {
		this.network.answers(false);
		start(settings());
		advanceMillis(24_000);
		this.network.lastPeer().send("late but alive");
		advanceMillis(14_999);
		assertThat(this.network.lastPeer().written()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.lastPeer().written()).hasSize(2);
		advanceMillis(9_999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(1);
		assertThat(this.client.isOpen()).isFalse();
	}

	@Test
	void thePongClockStartsWhenTheHeartbeatHasBeenWritten() {
		this.network.answers(false);
		start(settings());
		this.engine.holdIo(true);
		advanceMillis(15_000);
		advanceMillis(4_000);
		this.engine.holdIo(false);
		assertThat(this.network.lastPeer().written()).hasSize(1);
		advanceMillis(9_999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(1);
		assertThat(this.client.isOpen()).isFalse();
	}

	@Test
	void thePongClockRunsFromTheCallWhileTheWriteIsStuck() {
		start(settings());
		this.engine.holdIo(true);
		advanceMillis(24_999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(1);
		assertThat(this.client.isOpen()).isFalse();
	}

	@Test
	void thePongClockStandsStillWhileAHookRuns() {
		this.network.answers(false);
		start(settings());
		this.engine.holdHooks(true);
		this.client.machine()
			.error(connection(), new HeartbeatConnectionException(HeartbeatConnectionException.Kind.LISTENER, "slow"));
		advanceMillis(60_000);
		assertThat(this.client.isOpen()).isTrue();
		this.engine.holdHooks(false);
		advanceMillis(9_900);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(150);
		assertThat(this.client.isOpen()).isFalse();
	}

	@Test
	void heartbeatsGoOnWhileAHookRuns() {
		this.network.answers(false);
		start(settings());
		this.engine.holdHooks(true);
		this.client.machine()
			.error(connection(), new HeartbeatConnectionException(HeartbeatConnectionException.Kind.LISTENER, "slow"));
		advanceMillis(15_000);
		advanceMillis(60_500);
		assertThat(this.network.lastPeer().written()).hasSize(5);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void anyNumberOfFailureSignalsMakesOneReconnect() {
		start(settings());
		Peer peer = this.network.lastPeer();
		Connection connection = connection();
		peer.drop();
		peer.drop();
		peer.close(1006);
		peer.close(1000);
		this.client.machine().heartbeatTimedOut(connection);
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
				"RECONNECT 1");
		advanceMillis(2000);
		assertThat(this.network.handshakes()).hasSize(2);
		peer.close(1006);
		peer.send("from the grave");
		peer.drop();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).hasSize(5).endsWith("OPEN again");
	}

	@Test
	void anErrorThatTheContainerDoesNotFollowUpIsALossAllTheSame() {
		start(settings());
		this.network.lastPeer().error();
		advanceMillis(99);
		assertThat(this.log.lines()).containsExactly("OPEN");
		advanceMillis(1);
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
				"RECONNECT 1");
		assertThat(this.network.lastPeer().isAborted()).isTrue();
	}

	@Test
	void aWriteThatFailsWhileTheServerClosesDoesNotHideItsCloseCode() {
		start(settings().stopOnCloseCodes("4403"));
		Peer peer = this.network.lastPeer();
		peer.closeSocket();
		this.client.send("into the void");
		this.engine.run();
		peer.error();
		peer.close(4403);
		advanceMillis(1000);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 4403 SERVER", "EXHAUSTED 0");
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void theServerClosingMeansReconnect() {
		start(settings());
		this.network.lastPeer().close(4000);
		advanceMillis(2000);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 4000 SERVER", "RECONNECT 1", "OPEN again");
	}

	@Test
	void failedAttemptsAreRetriedUntilOneSucceeds() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		advanceMillis(100_000);
		assertThat(this.network.handshakes()).hasSize(51);
		assertThat(this.client.getRepeat()).isEqualTo(51);
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.client.getRepeat()).isEqualTo(51);
		advanceMillis(15_000);
		assertThat(this.client.getRepeat()).as("proven by the answered heartbeat").isZero();
	}

	@Test
	void anAttemptEndsAtItsDeadlineAndItsLateSessionIsDropped() {
		this.network.mode(Mode.HANG);
		start(settings());
		advanceMillis(9_999);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		advanceMillis(1);
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		this.network.handshakes().get(0).accept();
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
	}

	@Test
	void noSecondAttemptStartsBeforeTheFirstHasGivenItsThreadBack() {
		this.network.mode(Mode.REFUSE);
		this.engine.holdConnects(true);
		start(settings().connectTimeout(Duration.ofSeconds(1)).reconnectTimeout(Duration.ofSeconds(1)));
		advanceMillis(10_000);
		assertThat(this.log.count("ERROR CONNECT_TIMEOUT")).as("attempts end on time all the same").isEqualTo(5);
		assertThat(this.network.handshakes()).isEmpty();
		this.network.mode(Mode.ACCEPT);
		this.engine.holdConnects(false);
		advanceMillis(2_000);
		assertThat(this.network.handshakes()).as("those given up never ran").hasSize(1);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void theWaitGrowsToItsCapAndStartsAgainOnceProven() {
		this.network.mode(Mode.REFUSE);
		List<Duration> waits = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
					HeartbeatConnectionException cause) {
				waits.add(wait);
			}
		});
		start(settings().reconnectMultiplier(2).reconnectMaxTimeout(Duration.ofSeconds(10)));
		advanceMillis(2_000 + 4_000 + 8_000 + 10_000);
		assertThat(waits).extracting(Duration::toMillis).containsExactly(2000L, 4000L, 8000L, 10000L, 10000L);
		this.network.mode(Mode.ACCEPT);
		advanceMillis(10_000 + 15_000);
		this.network.lastPeer().close(1000);
		this.engine.run();
		assertThat(waits.get(5)).hasMillis(2000);
	}

	@Test
	void theWaitRunsFromItsSchedulingHoweverLongTheListenersTake() {
		start(settings());
		this.engine.holdHooks(true);
		this.network.lastPeer().close(1000);
		advanceMillis(2000);
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).containsExactly("OPEN");
		this.engine.holdHooks(false);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 SERVER", "RECONNECT 1", "OPEN again");
	}

	@Test
	void aConnectionIsProvenByAnyMessageOnceItHasBeenOpenForStableAfter() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		advanceMillis(4000);
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		assertThat(this.client.getRepeat()).isEqualTo(3);
		advanceMillis(4999);
		this.network.lastPeer().send("too early to prove anything");
		assertThat(this.client.getRepeat()).isEqualTo(3);
		advanceMillis(1);
		this.network.lastPeer().send("proof");
		assertThat(this.client.getRepeat()).isZero();
	}

	@Test
	void stableAfterZeroLetsTheFirstMessageProveTheConnection() {
		this.network.mode(Mode.REFUSE);
		start(settings().stableAfter(Duration.ZERO));
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		this.network.lastPeer().send("proof");
		assertThat(this.client.getRepeat()).isZero();
	}

	@Test
	void repeatLimitBitesAgainstAcceptThenDrop() {
		start(settings().repeatLimit(3));
		IntStream.range(0, 4).forEach((i) -> {
			this.network.lastPeer().send("welcome");
			this.network.lastPeer().close(1006);
			advanceMillis(2000);
		});
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(this.network.handshakes()).hasSize(4);
		assertThat(this.log.lines()).endsWith("CLOSE 1006 TRANSPORT", "EXHAUSTED 3");
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.network.handshakes()).hasSize(4);
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void openAfterExhaustedStartsAgain() {
		this.network.mode(Mode.REFUSE);
		start(settings().repeatLimit(0));
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT", "EXHAUSTED 0");
		this.network.mode(Mode.ACCEPT);
		this.client.open();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).endsWith("OPEN");
	}

	@Test
	void closeWhileConnectingSaysNothingAndDropsTheLateSession() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.close();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		this.network.handshakes().get(0).accept();
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		assertThat(this.log.lines()).isEmpty();
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void closeWhileWaitingStopsTheWait() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		this.client.close();
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.network.handshakes()).hasSize(1);
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT", "RECONNECT 1");
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void closeLeavesNoTimerBehind() {
		start(settings());
		this.client.send("one");
		this.engine.run();
		this.client.close();
		advanceMillis(10_000);
		assertThat(this.engine.pendingTimers()).isZero();
		assertThat(this.network.lastPeer().written()).containsExactly("one", "CLOSE 1000");
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE answer to one", "CLOSE 1000 CLIENT");
	}

	@Test
	void closeDiscardsWhatIsPendingAndTheCloseOfAConnectionNobodyHasHeardOf() {
		this.engine.holdHooks(true);
		start(settings());
		assertThat(this.client.isOpen()).isTrue();
		this.client.close();
		this.engine.holdHooks(false);
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void closeDiscardsAPendingReconnect() {
		start(settings());
		this.engine.holdHooks(true);
		this.network.lastPeer().drop();
		this.client.close();
		this.engine.holdHooks(false);
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT");
	}

	@Test
	void anUnansweredCloseDropsTheSocketAfterCloseTimeout() {
		this.network.answersCloses(false);
		start(settings());
		this.client.close(new CloseStatus(4000));
		advanceMillis(1999);
		assertThat(this.network.lastPeer().written()).containsExactly("CLOSE 4000");
		assertThat(this.network.lastPeer().isAborted()).isFalse();
		advanceMillis(1);
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		advanceMillis(100);
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void closeTimeoutZeroDropsAtOnce() {
		start(settings().closeTimeout(Duration.ZERO));
		this.client.close();
		this.engine.run();
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		assertThat(this.network.lastPeer().written()).isEmpty();
	}

	@Test
	void openConnectsOnceTheOldSocketIsGone() {
		this.network.answersCloses(false);
		start(settings());
		this.client.close();
		this.client.open();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		advanceMillis(1999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "OPEN");
	}

	@Test
	void reconnectInEveryState() {
		start(settings().autoStartup(false).repeatLimit(0));
		this.client.reconnect();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		this.network.mode(Mode.HANG);
		this.client.open();
		this.engine.run();
		this.client.reconnect();
		this.engine.run();
		assertThat(this.network.handshakes()).hasSize(2);
		assertThat(this.log.lines()).containsExactly("RECONNECT 1");
		this.network.mode(Mode.ACCEPT);
		this.client.reconnect();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		this.client.reconnect();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.client.getRepeat()).isEqualTo(1);
		assertThat(this.log.lines()).containsExactly("RECONNECT 1", "RECONNECT 1", "OPEN", "CLOSE 1000 CLIENT",
				"RECONNECT 1", "OPEN again");
		this.network.lastPeer().close(1000);
		this.engine.run();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		this.client.reconnect();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void reconnectDoesNotWaitForAPoliteClose() {
		this.network.answersCloses(false);
		start(settings().closeTimeout(Duration.ofSeconds(8)).reconnectTimeout(Duration.ofSeconds(1)));
		this.client.machine().closedByView(connection(), CloseStatus.NORMAL);
		advanceMillis(500);
		this.client.reconnect();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		assertThat(this.network.peers().get(0).isAborted()).isTrue();
	}

	@Test
	void openInEveryState() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		this.client.open();
		this.engine.run();
		assertThat(this.network.handshakes()).as("a wait is not cut short").hasSize(1);
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		this.client.open();
		this.engine.run();
		assertThat(this.network.handshakes()).hasSize(2);
	}

	@Test
	void stopAndStartOpenAgainWhatWasOpen() {
		start(settings());
		AtomicInteger quiet = new AtomicInteger();
		this.client.machine().stop(CloseStatus.GOING_AWAY, quiet::incrementAndGet);
		advanceMillis(1000);
		assertThat(quiet).hasValue(1);
		assertThat(this.network.lastPeer().written()).containsExactly("CLOSE 1001");
		this.client.open();
		advanceMillis(60_000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		this.client.machine().start();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		this.client.close();
		this.client.machine().stop(CloseStatus.GOING_AWAY, quiet::incrementAndGet);
		advanceMillis(1000);
		this.client.machine().start();
		this.engine.run();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(quiet).hasValue(2);
	}

	@Test
	void stopWaitsForHooksThatRun() {
		start(settings());
		this.engine.holdHooks(true);
		AtomicInteger quiet = new AtomicInteger();
		this.client.machine().stop(CloseStatus.GOING_AWAY, quiet::incrementAndGet);
		advanceMillis(10_000);
		assertThat(quiet).hasValue(0);
		this.engine.holdHooks(false);
		assertThat(quiet).hasValue(1);
	}

	@Test
	void aMessageSaysWhenItWasReceivedHoweverLongItWaits() throws Exception {
		List<Long> received = new ArrayList<>();
		this.listeners.add((ReceiptListener) (client, message, receivedAt) -> received.add(receivedAt));
		start(settings());
		advanceMillis(1_500);
		this.network.lastPeer().send("at once");
		this.engine.holdHooks(true);
		this.network.lastPeer().drop();
		advanceMillis(2_000);
		Peer peer = this.network.lastPeer();
		Thread container = new Thread(() -> peer.send("later"));
		container.start();
		Awaitility.await().until(() -> container.getState() == Thread.State.WAITING);
		this.engine.advanceWithoutTimers(Duration.ofSeconds(5));
		this.engine.holdHooks(false);
		container.join();
		assertThat(this.log.lines()).endsWith("OPEN again", "MESSAGE later");
		assertThat(received).containsExactly(1_500L, 3_500L);
	}

	/**
	 * Guarantee 2: no second connection is opened while the abort waits for its thread,
	 * however long that takes, nor for two seconds after the abort starts if the
	 * container does not return from it.
	 */
	@Test
	void noConnectionIsOpenedBesideOneWhoseAbortWaitsForAThread() {
		start(settings());
		this.network.lastPeer().error();
		this.engine.holdIo(true);
		this.engine.advance(Duration.ofMinutes(1));
		assertThat(this.network.peers()).hasSize(1);
		assertThat(this.network.lastPeer().isAborted()).isFalse();
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		this.engine.holdIo(false);
		assertThat(this.network.peers()).hasSize(2);
		assertThat(this.network.peers().get(0).isAborted()).isTrue();
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void anAbortThatDoesNotReturnHoldsUpTheNextConnectionForTwoSeconds() {
		start(settings());
		Peer peer = this.network.lastPeer();
		peer.whenAborted = () -> {
			advanceMillis(1999);
			assertThat(this.network.peers()).hasSize(1);
			advanceMillis(1);
			assertThat(this.network.peers()).hasSize(2);
		};
		peer.drop();
		advanceMillis(10_000);
		assertThat(this.network.peers()).hasSize(2);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void hooksBehindOneThatIsStuckAreBounded() {
		this.engine.holdHooks(true);
		start(settings());
		for (int i = 0; i < 1000; i++) {
			if (this.client.isOpen()) {
				this.network.lastPeer().close(1000);
			}
			advanceMillis(2000);
		}
		assertThat(this.network.peers()).hasSizeLessThan(HookQueue.MAX_WAITING);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		for (int i = 0; i < 1000; i++) {
			this.client.reconnect();
			this.client.open();
		}
		this.engine.holdHooks(false);
		assertThat(this.log.lines()).hasSizeLessThan(HookQueue.MAX_WAITING + 10);
		HookGrammar.check(this.log.lines());
		advanceMillis(1000);
		assertThat(this.client.isOpen()).as("goes on by itself").isTrue();
		assertThat(this.log.lines()).endsWith("OPEN again");
	}

	@Test
	void errorsThatTheConnectionSurvivesAreBoundedBehindAHookThatIsStuck() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				ClientLifeTests.this.engine.advance(Duration.ofHours(24));
			}
		});
		start(settings().pingMessageSupplier((name) -> {
			throw new IllegalStateException("thrown by a test");
		}));
		this.network.answers(false);
		this.network.lastPeer().send("hello");
		this.engine.run();
		assertThat(this.log.count("ERROR PING_MESSAGE")).isBetween(1L, (long) HookQueue.MAX_WAITING);
	}

	@Test
	void anInterruptThatAListenerLeavesBehindReachesNeitherTheNextListenerNorTheNextHook() {
		List<Boolean> interrupted = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				Thread.currentThread().interrupt();
			}
		});
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				interrupted.add(Thread.currentThread().isInterrupted());
			}

			@Override
			public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
				interrupted.add(Thread.currentThread().isInterrupted());
			}
		});
		this.engine.holdHooks(true);
		start(settings());
		this.network.lastPeer().close(1000);
		this.engine.holdHooks(false);
		assertThat(Thread.interrupted()).isFalse();
		assertThat(interrupted).containsExactly(false, false);
	}

	@Test
	void anInterruptThatAListenerLeavesBehindDoesNotStayOnTheThreadOfTheContainer() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				Thread.currentThread().interrupt();
			}
		});
		start(settings());
		this.network.lastPeer().send("hello");
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void anInterruptThatASupplierLeavesBehindDoesNotReachTheWrite() {
		List<Boolean> interrupted = new ArrayList<>();
		start(settings().pingMessageSupplier((name) -> {
			Thread.currentThread().interrupt();
			return "ping";
		}));
		this.network.lastPeer().whenWritten = () -> interrupted.add(Thread.currentThread().isInterrupted());
		advanceMillis(15_000);
		assertThat(Thread.interrupted()).isFalse();
		assertThat(interrupted).containsExactly(false);
	}

	/**
	 * The timer is late by the length of the pause, and it runs before the thread that
	 * reads.
	 */
	@Test
	void anAnswerThatArrivedDuringAPauseIsReadBeforeThePeerIsDeclaredDead() {
		this.network.answers(false);
		start(settings());
		advanceMillis(15_000);
		Peer peer = this.network.lastPeer();
		assertThat(peer.written()).containsExactly("heartbeat");
		this.engine.advanceWithoutTimers(Duration.ofSeconds(30));
		advanceMillis(0);
		assertThat(this.client.isOpen()).isTrue();
		peer.send("answer");
		advanceMillis(14_000);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void aPeerThatIsDeadAfterAPauseIsNoticedWithinASecond() {
		this.network.answers(false);
		start(settings());
		advanceMillis(15_000);
		this.engine.advanceWithoutTimers(Duration.ofSeconds(30));
		advanceMillis(999);
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(1);
		assertThat(this.client.isOpen()).isFalse();
	}

	@Test
	void aDeadPeerIsNoticedThoughTheTimerIsAlwaysLate() {
		this.network.answers(false);
		start(settings());
		for (int millis = 0; this.client.isOpen() && millis < 60_000; millis += 75) {
			this.engine.advanceWithoutTimers(Duration.ofMillis(75));
			advanceMillis(0);
		}
		assertThat(this.client.isOpen()).isFalse();
		assertThat(Duration.between(Instant.EPOCH, this.engine.now())).isLessThan(Duration.ofMillis(25_500));
	}

	/**
	 * A container may report an error directly before the close code, and a check can
	 * occur at any time.
	 */
	@Test
	void checksDoNotJudgeWhatIsUnderWay() {
		start(settings().stopOnCloseCodes("4403"));
		this.network.lastPeer().error();
		this.client.machine().check();
		this.network.lastPeer().close(4403);
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 4403 SERVER", "EXHAUSTED 0");
	}

	/**
	 * Each timeout that is overdue at a check is a different one, and it has run by the
	 * next check.
	 */
	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void checksBetweenPausesLeaveAHealthyConnectionAlone(CapturedOutput output) {
		start(settings().pingTimeout(Duration.ofMillis(1500)));
		for (int i = 0; i < 20; i++) {
			this.engine.advanceWithoutTimers(Duration.ofMillis(2700));
			this.client.machine().check();
			advanceMillis(300);
		}
		assertThat(this.log.count("CLOSE")).isZero();
		assertThat(this.client.isOpen()).isTrue();
		assertThat(output).doesNotContain("was repaired");
	}

	@Test
	void anAttemptThatSucceededDuringAPauseIsNotGivenUp() {
		this.network.mode(Mode.HANG);
		start(settings());
		this.engine.advanceWithoutTimers(Duration.ofMinutes(1));
		advanceMillis(0);
		this.network.handshakes().get(0).accept();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		advanceMillis(5_000);
		assertThat(this.log.lines()).containsExactly("OPEN");
	}

	/**
	 * The limit applies to the host that is actually connected to, and the time in the
	 * queue does not count towards connect-timeout.
	 */
	@Test
	void anAttemptWaitsForAPermitOfTheOriginThatItsCustomizersChose() {
		ConnectLimiter.Permit other = this.connectLimiter.acquire("other:80", () -> {
		});
		start(settings().handshakeCustomizer((name, handshake) -> handshake.setUrl(URI.create("ws://other/"))));
		this.engine.advance(Duration.ofMinutes(1));
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		assertThat(this.network.handshakes()).isEmpty();
		assertThat(this.connectLimiter.acquire("localhost:80", () -> {
		}).isAtOnce()).as("gave its own permit back").isTrue();
		this.network.mode(Mode.HANG);
		other.release();
		this.engine.run();
		assertThat(this.network.handshakes()).hasSize(1);
		assertThat(this.connectLimiter.acquire("other:80", () -> {
		}).isAtOnce()).isFalse();
		advanceMillis(9_999);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		advanceMillis(1);
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
	}

	@Test
	void anAttemptThatIsGivenUpWhileItWaitsForAnotherPermitLeavesNothingBehind() {
		ConnectLimiter.Permit other = this.connectLimiter.acquire("other:80", () -> {
		});
		start(settings().handshakeCustomizer((name, handshake) -> handshake.setUrl(URI.create("ws://other/"))));
		this.client.close();
		other.release();
		this.engine.advance(Duration.ofMinutes(1));
		assertThat(this.network.handshakes()).isEmpty();
		assertThat(this.connectLimiter.acquire("other:80", () -> {
		}).isAtOnce()).isTrue();
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void heartbeatsOvertakeWaitingMessages() {
		start(settings());
		this.engine.holdIo(true);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 3)
			.mapToObj((i) -> this.client.send("message " + i))
			.toList();
		advanceMillis(15_000);
		this.engine.holdIo(false);
		assertThat(this.network.lastPeer().written()).startsWith("heartbeat", "message 0", "message 1", "message 2");
		assertThat(sends).allSatisfy((send) -> assertThat(send).isCompleted());
	}

	@Test
	void whatTheOpenHookSendsGoesAheadOfWhatWaits() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.send("greeting 1");
				client.send("greeting 2");
			}
		});
		this.engine.holdIo(true);
		this.engine.holdHooks(true);
		start(settings());
		this.client.send("early");
		this.engine.holdHooks(false);
		this.client.send("late");
		this.engine.holdIo(false);
		assertThat(this.network.lastPeer().written()).containsExactly("greeting 1", "greeting 2", "early", "late");
	}

	@Test
	void whatALateOpenHookSendsGoesToItsOwnConnectionOnly() {
		List<CompletableFuture<Void>> greetings = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				greetings.add(client.send(reconnect ? "second" : "first"));
			}
		});
		this.engine.holdHooks(true);
		start(settings());
		this.network.lastPeer().close(1000);
		advanceMillis(2000);
		this.engine.holdHooks(false);
		assertThat(greetings.get(0)).isCompletedExceptionally();
		assertThat(greetings.get(1)).isCompleted();
		assertThat(this.network.lastPeer().written()).containsExactly("second");
	}

	@Test
	void aWriteThatFailsIsALostConnection() {
		start(settings());
		this.network.lastPeer().closeSocket();
		CompletableFuture<Void> send = this.client.send("into the void");
		advanceMillis(100);
		assertThat(send).isCompletedExceptionally();
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
				"RECONNECT 1");
	}

	@Test
	void anErrorOnTheThreadThatWritesIsALostConnectionAndNoEndOfSending() {
		start(settings());
		this.network.lastPeer().failure = new LinkageError("thrown by a test");
		CompletableFuture<Void> send = this.client.send("one");
		advanceMillis(100);
		assertThat(send).isCompletedExceptionally();
		advanceMillis(2000);
		assertThat(this.client.send("two")).isNotDone();
		this.engine.run();
		assertThat(this.network.lastPeer().written()).containsExactly("two");
	}

	@Test
	void aHookThatClosesTheClientIsTheLastButTheClose() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.close();
				client.send("too late").exceptionally((ex) -> null);
			}
		});
		start(settings());
		advanceMillis(60_000);
		assertThat(this.log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT");
	}

}
