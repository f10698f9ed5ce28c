package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientSnapshot.Close;
import io.github.heartbeat.HeartbeatClientSnapshot.SlowHook;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests observer notifications and snapshots, with a hand-driven clock.
 */
class ClientObservationTests extends HandDrivenClient {

	private final Notes notes = new Notes();

	private HeartbeatClientSnapshot snapshot() {
		return this.client.getSnapshot();
	}

	private static Instant at(long millis) {
		return Instant.ofEpochMilli(millis);
	}

	@Test
	void theSnapshotOfAClientThatNothingHappenedTo() {
		start(settings().autoStartup(false));
		advanceMillis(5000);
		assertThat(snapshot()).isEqualTo(new HeartbeatClientSnapshot(HeartbeatClientState.STOPPED, at(0), 0, 0, null,
				null, null, null, null, null, 0, 0, false, null, at(5000)));
	}

	@Test
	void theSnapshotOfAnOpenClient() {
		start(settings().pingTimeout(Duration.ofSeconds(15)));
		assertThat(snapshot().lastReceived()).isNull();
		advanceMillis(3000);
		this.network.lastPeer().send("hello");
		advanceMillis(1000);
		HeartbeatClientSnapshot snapshot = snapshot();
		assertThat(snapshot.state()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(snapshot.since()).isEqualTo(at(0));
		assertThat(snapshot.lastReceived()).isEqualTo(at(3000));
		assertThat(snapshot.outageSince()).isNull();
		assertThat(snapshot.taken()).isEqualTo(at(4000));
	}

	@Test
	void timesOfTheSnapshotAreTruncatedToMilliseconds() {
		this.network.answers(false);
		this.engine.advance(Duration.ofNanos(5_999_999));
		start(settings());
		this.engine.advance(Duration.ofNanos(7_999_999));
		this.network.lastPeer().send("hello");
		this.engine.advance(Duration.ofNanos(7_999_999));
		this.network.lastPeer().drop();
		this.engine.advance(Duration.ofNanos(100_999_999));
		HeartbeatClientSnapshot snapshot = snapshot();
		assertThat(List.of(snapshot.since(), snapshot.lastReceived(), snapshot.nextAttempt(), snapshot.outageSince(),
				snapshot.taken(), snapshot.lastClose().at(), snapshot.lastError().at()))
			.allMatch((time) -> time.getNano() % 1_000_000 == 0);
		assertThat(snapshot.lastReceived()).isEqualTo(at(13));
	}

	@Test
	void theSnapshotOfAnOutage() {
		start(settings());
		advanceMillis(16_000);
		this.network.mode(Mode.REFUSE);
		this.network.lastPeer().close(4000);
		this.engine.run();
		advanceMillis(3000);
		HeartbeatClientSnapshot snapshot = snapshot();
		assertThat(snapshot.state()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(snapshot.since()).isEqualTo(at(18_000));
		assertThat(snapshot.outageSince()).isEqualTo(at(16_000));
		assertThat(snapshot.repeat()).isEqualTo(2);
		assertThat(snapshot.reconnects()).isEqualTo(2);
		assertThat(snapshot.lastReceived()).isEqualTo(at(15_000));
		assertThat(snapshot.lastClose()).isEqualTo(new Close(at(16_000), 4000, HeartbeatInitiator.SERVER));
		assertThat(snapshot.lastError().at()).isEqualTo(at(18_000));
		assertThat(snapshot.lastError().cause().getKind()).isEqualTo(Kind.CONNECT);
		assertThat(snapshot.nextAttempt()).isEqualTo(at(20_000));
		this.network.mode(Mode.ACCEPT);
		advanceMillis(1000);
		assertThat(snapshot().nextAttempt()).isNull();
		assertThat(snapshot().since()).isEqualTo(at(20_000));
		assertThat(snapshot().reconnects()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(longs = { 3_600_000, -3_600_000 })
	void aClockThatIsSetChangesNoDuration(long step) {
		start(settings());
		advanceMillis(1000);
		this.network.lastPeer().close(4000);
		this.engine.run();
		HeartbeatClientSnapshot before = snapshot();
		this.engine.setClock(Duration.ofMillis(step));
		advanceMillis(500);
		HeartbeatClientSnapshot after = snapshot();
		assertThat(after.taken()).isEqualTo(at(1500 + step));
		assertThat(after.since()).isEqualTo(before.since().plusMillis(step)).isEqualTo(at(1000 + step));
		assertThat(after.outageSince()).isEqualTo(before.outageSince().plusMillis(step));
		assertThat(after.lastClose().at()).isEqualTo(at(1000 + step));
		assertThat(after.nextAttempt()).isEqualTo(at(3000 + step));
		advanceMillis(1500);
		assertThat(snapshot().state()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(Duration.between(snapshot().since(), snapshot().taken())).isZero();
	}

	@Test
	void theTimesOfASnapshotStayWhileTheClockKeepsItsPace() {
		start(settings());
		Instant since = snapshot().since();
		for (int i = 0; i < 20; i++) {
			advanceMillis(1000);
			this.engine.setClock(Duration.ofNanos(50_000 * ((i % 2 == 0) ? 1 : -1)));
			assertThat(snapshot().since()).isEqualTo(since);
		}
	}

	@Test
	void theTimeOfAnErrorFollowsTheClock() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		advanceMillis(1000);
		this.engine.setClock(Duration.ofHours(-1));
		assertThat(snapshot().lastError().at()).isEqualTo(at(-3_600_000)).isBefore(snapshot().taken());
	}

	/**
	 * A connection that is not proven does not end an outage.
	 */
	@Test
	void anOutageLastsWhileConnectionsAreNotProven() {
		start(settings());
		for (int i = 0; i < 5; i++) {
			this.network.lastPeer().close(1006);
			advanceMillis(2000);
		}
		this.network.mode(Mode.HANG);
		this.network.lastPeer().close(1006);
		advanceMillis(2000);
		assertThat(snapshot().state()).isEqualTo(HeartbeatClientState.CONNECTING);
		assertThat(snapshot().outageSince()).isEqualTo(at(0));
	}

	@Test
	void theSnapshotShowsAHookThatTakesTooLong() {
		List<HeartbeatClientSnapshot> within = new ArrayList<>();
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				ClientObservationTests.this.engine.advanceWithoutTimers(Duration.ofMillis(24_999));
				within.add(client.getSnapshot());
				ClientObservationTests.this.engine.advanceWithoutTimers(Duration.ofMillis(1));
				within.add(client.getSnapshot());
			}
		});
		start(settings());
		advanceMillis(1000);
		this.network.lastPeer().send("slow");
		assertThat(within.get(0).slowHook()).isNull();
		assertThat(within.get(1).slowHook()).isEqualTo(new SlowHook("message", at(1000)));
		assertThat(snapshot().slowHook()).isNull();
	}

	@Test
	void theSnapshotCountsWhatWaitsToBeWritten() {
		start(settings());
		this.engine.holdIo(true);
		this.client.send("one");
		this.client.send("two");
		assertThat(snapshot().pendingSends()).isEqualTo(2);
		this.engine.holdIo(false);
		assertThat(snapshot().pendingSends()).isZero();
	}

	@Test
	void theSnapshotShowsTheErrorOfAListener() {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new IllegalStateException("thrown by a test");
			}
		});
		start(settings());
		this.network.lastPeer().send("hello");
		assertThat(snapshot().lastError().cause().getKind()).isEqualTo(Kind.LISTENER);
	}

	@Test
	void observersAreToldOfAWholeLife() {
		this.observers.add((client) -> null);
		this.observers.add((client) -> {
			throw new IllegalStateException("thrown by a test");
		});
		this.observers.add((client) -> new HeartbeatClientObserver() {
			@Override
			public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
				throw new AssertionError("thrown by a test");
			}
		});
		this.observers.add((client) -> this.notes);
		this.network.mode(Mode.REFUSE);
		start(settings().pongMsg("pong").repeatLimit(1));
		this.network.mode(Mode.ACCEPT);
		advanceMillis(2000);
		this.client.send("greeting");
		this.engine.run();
		this.network.lastPeer().send("pong");
		advanceMillis(15_000);
		this.network.answers(false);
		this.network.mode(Mode.REFUSE);
		advanceMillis(25_000);
		advanceMillis(2000);
		this.client.send("too late");
		assertThat(this.notes.lines).containsExactly("CONNECTING", "attempt false", "WAITING CONNECT",
				"reconnect 1 after 2000 ms CONNECT", "CONNECTING", "attempt true", "OPEN", "message", "sent", "message",
				"answer", "message", "heartbeat", "heartbeat", "end 1006 HEARTBEAT", "WAITING NO_ANSWER",
				"reconnect 1 after 2000 ms NO_ANSWER", "CONNECTING", "attempt false", "EXHAUSTED CONNECT",
				"not sent CLOSED");
	}

	@Test
	void whatWasGivenUpByACallIsNoFailedAttempt() {
		this.observers.add((client) -> this.notes);
		this.network.mode(Mode.HANG);
		start(settings());
		this.client.close();
		this.client.open();
		this.client.reconnect();
		assertThat(this.notes.lines).containsExactly("CONNECTING", "STOPPED", "CONNECTING",
				"reconnect 1 after 0 ms RECONNECT_REQUESTED", "CONNECTING RECONNECT_REQUESTED");
	}

	@Test
	void aClientThatWasRemovedIsObservedByNobodyNew() {
		start(settings());
		this.observers.add((client) -> this.notes);
		ClientObservation observation = new ClientObservation(this.client, () -> this.observers,
				new UserCodeLog("test", this.engine.resources(() -> 0.5)), this.engine.resources(() -> 0.5));
		observation.removed();
		observation.start();
		observation.messageReceived();
		assertThat(this.notes.lines).isEmpty();
	}

	/**
	 * A client can end on another thread before the thread that removes it continues.
	 * Metrics that are notified in the wrong order keep the meters of attempts.
	 */
	@Test
	void observersAreToldOfTheRemovalBeforeTheEnd() {
		start(settings());
		List<String> told = new ArrayList<>();
		this.observers.add((client) -> new HeartbeatClientObserver() {

			@Override
			public void removed() {
				told.add("removed");
			}

			@Override
			public void terminated() {
				told.add("terminated");
			}

		});
		ClientObservation observation = new ClientObservation(this.client, () -> this.observers,
				new UserCodeLog("test", this.engine.resources(() -> 0.5)), this.engine.resources(() -> 0.5));
		observation.start();
		observation.terminated();
		observation.removed();
		assertThat(told).containsExactly("removed", "terminated");
	}

	/**
	 * The session refuses the message in the same way as the client does.
	 */
	@Test
	void whatTheSessionRefusesIsNotSentEither() {
		this.observers.add((client) -> this.notes);
		start(settings().sendQueueMessages(1));
		WebSocketSession session = this.client.getSession();
		this.engine.holdIo(true);
		this.client.send("waits");
		assertThatIOException().isThrownBy(() -> session.sendMessage(new TextMessage("too many")));
		this.client.close();
		assertThatIOException().isThrownBy(() -> session.sendMessage(new TextMessage("too late")));
		assertThat(this.notes.lines).contains("not sent QUEUE_FULL", "not sent CLOSED");
	}

	/**
	 * A close drops pending hooks, but observers still receive what already happened.
	 */
	@Test
	void observersDoNotWaitForHooks() {
		this.observers.add((client) -> this.notes);
		start(settings());
		this.engine.holdHooks(true);
		this.network.lastPeer().close(1001);
		this.client.close();
		assertThat(this.notes.lines).containsExactly("CONNECTING", "attempt true", "OPEN", "end 1001 SERVER",
				"WAITING CLOSED_BY_SERVER", "reconnect 1 after 2000 ms CLOSED_BY_SERVER", "STOPPED");
	}

	@Test
	void theRoundTripIsMeasuredFromTheWrittenHeartbeat() {
		this.observers.add((client) -> this.notes);
		this.network.answers(false);
		start(settings());
		this.engine.holdIo(true);
		advanceMillis(16_000);
		this.engine.holdIo(false);
		advanceMillis(300);
		this.network.lastPeer().send("answer");
		assertThat(this.notes.roundTrips).containsExactly(Duration.ofMillis(300));
	}

	private static final class Notes implements HeartbeatClientObserver {

		private final List<String> lines = new ArrayList<>();

		private final List<Duration> roundTrips = new ArrayList<>();

		@Override
		public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
			this.lines.add(state + ((cause != null) ? " " + cause.getKind() : ""));
		}

		@Override
		public void attemptEnded(Duration duration, boolean success) {
			this.lines.add("attempt " + success);
		}

		@Override
		public void connectionEnded(int code, HeartbeatInitiator initiator) {
			this.lines.add("end " + code + " " + initiator);
		}

		@Override
		public void reconnectScheduled(int attempt, Duration wait, HeartbeatConnectionException cause) {
			this.lines.add("reconnect " + attempt + " after " + wait.toMillis() + " ms " + cause.getKind());
		}

		@Override
		public void heartbeatWritten() {
			this.lines.add("heartbeat");
		}

		@Override
		public void heartbeatAnswered(Duration roundTrip) {
			this.lines.add("answer");
			this.roundTrips.add(roundTrip);
		}

		@Override
		public void messageReceived() {
			this.lines.add("message");
		}

		@Override
		public void messageSent() {
			this.lines.add("sent");
		}

		@Override
		public void sendFailed(Reason reason) {
			this.lines.add("not sent " + reason);
		}

	}

}
