package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests which policy decides whether and when to reconnect, with a hand-driven clock.
 */
class ClientReconnectTests extends HandDrivenClient {

	private static HeartbeatReconnectPolicy waiting(Duration wait) {
		return (name, attempt, elapsed, cause) -> HeartbeatReconnectDecision.waitFor(wait);
	}

	@ParameterizedTest
	@CsvSource({ "4403, true", "4400, true", "4499, true", "4500, false", "1000, false", "1008, true", "1006, false" })
	void stopsOnCloseCodes(int code, boolean stops) {
		start(settings().stopOnCloseCodes("1008", "4400-4499"));
		this.network.lastPeer().close(code);
		this.engine.run();
		assertThat(this.client.getState())
			.isEqualTo(stops ? HeartbeatClientState.EXHAUSTED : HeartbeatClientState.WAITING);
		assertThat(this.log.count("EXHAUSTED 0")).isEqualTo(stops ? 1 : 0);
	}

	@Test
	void stopsOnALossIfThatIsAskedForButNeverOnASilentPeer() {
		start(settings().stopOnCloseCodes("1006"));
		this.network.lastPeer().drop();
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
				"EXHAUSTED 0");
		this.network.answers(false);
		this.client.open();
		advanceMillis(25_000);
		assertThat(this.log.lines()).endsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1");
	}

	@Test
	void stopsOnHttpStatuses() {
		this.network.refuse(503);
		start(settings().stopOnHttpStatuses("401", "403"));
		this.network.refuse(403);
		advanceMillis(2000);
		assertThat(this.log.lines()).containsExactly("ERROR HANDSHAKE_REFUSED 503", "RECONNECT 1",
				"ERROR HANDSHAKE_REFUSED 403", "EXHAUSTED 1");
		assertThat(this.engine.pendingTimers()).isZero();
		this.network.mode(Mode.ACCEPT);
		this.client.open();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void thePolicyDecidesOnTheWait() {
		List<String> asked = new ArrayList<>();
		List<Duration> waits = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
					HeartbeatConnectionException cause) {
				waits.add(wait);
			}
		});
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			asked.add(name + " " + attempt + " " + elapsed.toMillis() + " " + cause.getKind());
			return HeartbeatReconnectDecision.waitFor(Duration.ofSeconds(3L * attempt));
		}));
		advanceMillis(2999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
		advanceMillis(6000);
		assertThat(this.network.handshakes()).hasSize(3);
		assertThat(asked).containsExactly("test 1 0 CONNECT", "test 2 3000 CONNECT", "test 3 9000 CONNECT");
		assertThat(waits).containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofSeconds(9));
		assertThat(this.client.getRepeat()).isEqualTo(3);
	}

	@Test
	void elapsedTimeCountsFromTheLossOfTheLastProvenConnection() {
		List<Long> elapsed = new ArrayList<>();
		start(settings().reconnectPolicy((name, attempt, time, cause) -> {
			elapsed.add(time.toMillis());
			return HeartbeatReconnectDecision.undecided();
		}));
		advanceMillis(15_000);
		this.network.lastPeer().close(1000);
		advanceMillis(2000);
		this.network.lastPeer().close(1000);
		advanceMillis(2000);
		this.network.lastPeer().close(1000);
		this.engine.run();
		assertThat(elapsed).containsExactly(0L, 2000L, 4000L);
	}

	@Test
	void thePolicyMayGiveUp() {
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> (attempt > 2)
				? HeartbeatReconnectDecision.stop() : HeartbeatReconnectDecision.waitFor(Duration.ZERO)));
		advanceMillis(0);
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT", "RECONNECT 1", "ERROR CONNECT", "RECONNECT 2",
				"ERROR CONNECT", "EXHAUSTED 2");
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void policiesAreAskedInOrderUntilOneDecidesAndAtLastTheSettings() {
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			throw new LinkageError("thrown by a test");
		})
			.reconnectPolicy((name, attempt, elapsed, cause) -> (attempt == 1) ? HeartbeatReconnectDecision.undecided()
					: HeartbeatReconnectDecision.waitFor(Duration.ofSeconds(7)))
			.reconnectPolicy((name, attempt, elapsed, cause) -> (attempt == 1) ? HeartbeatReconnectDecision.undecided()
					: HeartbeatReconnectDecision.stop()));
		advanceMillis(1999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
		advanceMillis(7000);
		assertThat(this.network.handshakes()).hasSize(3);
	}

	@Test
	void thePolicyIsNotAskedBeyondRepeatLimit() {
		this.network.mode(Mode.REFUSE);
		start(settings().repeatLimit(1).reconnectPolicy(waiting(Duration.ofSeconds(1))));
		advanceMillis(1000);
		assertThat(this.log.lines()).endsWith("EXHAUSTED 1");
	}

	@Test
	void theWaitRunsFromTheFailureHoweverLongThePolicyTakes() {
		this.network.mode(Mode.REFUSE);
		this.engine.holdHooks(true);
		start(settings().reconnectPolicy(waiting(Duration.ofSeconds(5))));
		advanceMillis(4000);
		this.engine.holdHooks(false);
		advanceMillis(999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
	}

	@Test
	void aPolicyThatDoesNotAnswerLeavesTheDecisionToTheSettings() {
		this.network.mode(Mode.REFUSE);
		this.engine.holdHooks(true);
		start(settings().connectTimeout(Duration.ofSeconds(1)).reconnectPolicy(waiting(Duration.ofHours(1))));
		advanceMillis(1999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
		this.engine.holdHooks(false);
		assertThat(this.log.count("RECONNECT 1")).isEqualTo(1);
	}

	@Test
	void aPolicyThatHasNotAnsweredYetIsNotAskedAgain() {
		this.network.mode(Mode.REFUSE);
		AtomicInteger asked = new AtomicInteger();
		AtomicInteger attempts = new AtomicInteger();
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			if (asked.incrementAndGet() == 1) {
				this.engine.advance(Duration.ofSeconds(60));
				attempts.set(this.network.handshakes().size());
			}
			return HeartbeatReconnectDecision.undecided();
		}));
		assertThat(attempts.get()).isGreaterThan(20);
		assertThat(asked).hasValue(1);
		advanceMillis(2000);
		assertThat(asked).hasValue(2);
	}

	@Test
	void aPolicyThatAnswersNothingLeavesTheDecisionToTheOthers() {
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> null)
			.reconnectPolicy(waiting(Duration.ofSeconds(5))));
		advanceMillis(4999);
		assertThat(this.network.handshakes()).hasSize(1);
		advanceMillis(1);
		assertThat(this.network.handshakes()).hasSize(2);
	}

	@Test
	void elapsedTimeBeginsAnewWhenAnExhaustedClientIsToReconnect() {
		List<Long> elapsed = new ArrayList<>();
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, time, cause) -> {
			elapsed.add(time.toMillis());
			return HeartbeatReconnectDecision.stop();
		}));
		this.engine.advance(Duration.ofHours(1));
		this.client.reconnect();
		this.engine.run();
		assertThat(elapsed).containsExactly(0L, 0L);
	}

	@Test
	void closeWhileAPolicyIsAskedIsForGood() {
		this.network.mode(Mode.REFUSE);
		this.engine.holdHooks(true);
		start(settings().reconnectPolicy(waiting(Duration.ZERO)));
		this.client.close();
		this.engine.holdHooks(false);
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(this.network.handshakes()).hasSize(1);
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void reconnectWhileAPolicyIsAskedDoesNotWaitForIt() {
		this.network.mode(Mode.REFUSE);
		this.engine.holdHooks(true);
		start(settings().reconnectPolicy(waiting(Duration.ZERO)));
		this.network.mode(Mode.ACCEPT);
		this.client.reconnect();
		this.engine.run();
		assertThat(this.client.isOpen()).isTrue();
		this.engine.holdHooks(false);
		advanceMillis(10_000);
		assertThat(this.network.handshakes()).hasSize(2);
		assertThat(this.log.lines()).startsWith("ERROR CONNECT", "RECONNECT 1", "OPEN");
	}

	@Test
	void thePolicyMayCallTheClient() {
		this.network.mode(Mode.REFUSE);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			this.client.close();
			return HeartbeatReconnectDecision.waitFor(Duration.ZERO);
		}));
		this.engine.advance(Duration.ofHours(1));
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(this.network.handshakes()).hasSize(1);
	}

	/**
	 * Policies whose first answer arrives when the failure in question is already
	 * superseded.
	 */
	private HeartbeatClientSettings.Builder answeringLate(Runnable supersede, HeartbeatReconnectDecision answer) {
		AtomicInteger asked = new AtomicInteger();
		return settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			if (asked.incrementAndGet() > 1) {
				return HeartbeatReconnectDecision.undecided();
			}
			supersede.run();
			this.engine.run();
			return answer;
		});
	}

	@Test
	void aLateStopOfAPolicyAfterAReconnectIsDropped() {
		this.network.mode(Mode.REFUSE);
		start(answeringLate(() -> this.client.reconnect(), HeartbeatReconnectDecision.stop()));
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(this.log.count("EXHAUSTED")).isZero();
	}

	@Test
	void aLateWaitOfAPolicyAfterAReconnectIsDropped() {
		this.network.mode(Mode.REFUSE);
		start(answeringLate(() -> this.client.reconnect(), HeartbeatReconnectDecision.waitFor(Duration.ofHours(1))));
		assertThat(this.log.lines()).containsExactly("ERROR CONNECT", "RECONNECT 1", "ERROR CONNECT", "RECONNECT 2");
		advanceMillis(2000);
		assertThat(this.network.handshakes()).hasSize(3);
	}

	@Test
	void aLateStopOfAPolicyAfterCloseAndOpenIsDropped() {
		this.network.mode(Mode.REFUSE);
		start(answeringLate(() -> {
			this.client.close();
			this.client.open();
		}, HeartbeatReconnectDecision.stop()));
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
	}

	@Test
	void aPolicyWhoseQuestionHasNotBegunIsNotAskedAgain() {
		this.network.mode(Mode.REFUSE);
		AtomicInteger asked = new AtomicInteger();
		this.engine.holdHooks(true);
		start(settings().reconnectPolicy((name, attempt, elapsed, cause) -> {
			asked.incrementAndGet();
			return HeartbeatReconnectDecision.undecided();
		}));
		this.client.reconnect();
		this.engine.run();
		this.client.reconnect();
		this.engine.run();
		this.engine.holdHooks(false);
		assertThat(asked).hasValue(1);
	}

	@Test
	void aNegativeWaitIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> HeartbeatReconnectDecision.waitFor(Duration.ofMillis(-1)));
	}

}
