package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.health.HeartbeatHealthIndicator;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.lease.FakeLeases;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.lease.LeaseManager;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.lease.LeaseThread;
import io.github.heartbeat.internal.lease.LeaseTimes;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.map;

/**
 * Tests a led client with a hand-driven clock and store. The lease lives 15 s, is valid
 * for 13.5 s, renewed after 5 s and polled every 1.5 s.
 */
class LedClientTests extends HandDrivenClient {

	private static final String NAME = "app.test";

	private final FakeLeases store = new FakeLeases(this.engine);

	private LeaseManager manager;

	private void startLed(HeartbeatClientSettings.Builder builder) {
		EngineResources resources = this.engine.resources(() -> 0.5);
		this.manager = new LeaseManager(
				new LeaseOptions(() -> this.store, "app", Duration.ofMillis(50), Integer.MAX_VALUE),
				new LeaseThread(resources.io(), () -> {
				}), resources);
		Lease lease = this.manager.join("test", "test", new LeaseTimes(Duration.ofSeconds(15), Duration.ofMillis(1500),
				Duration.ofSeconds(5), Duration.ofMillis(1500)));
		start(builder.leaderEnabled(true), lease, resources);
	}

	private void open() {
		startLed(settings());
		advanceMillis(750);
		assertThat(this.log.lines()).containsExactly("GRANTED", "OPEN");
	}

	private HeartbeatClientState state() {
		return this.client.getState();
	}

	private Reason refusal() {
		List<Reason> reasons = new ArrayList<>();
		this.client.send("text").whenComplete((done, ex) -> reasons.add(((HeartbeatSendException) ex).getReason()));
		this.engine.run();
		return reasons.get(0);
	}

	@Test
	void aClientConnectsWithItsLeaseOnly() {
		this.store.steal(NAME, Duration.ofSeconds(10));
		startLed(settings());
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
		assertThat(this.client.isLeader()).isFalse();
		advanceMillis(9999);
		assertThat(this.network.handshakes().size()).isZero();
		assertThat(this.log.lines()).isEmpty();
		advanceMillis(3000);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(this.client.isLeader()).isTrue();
		assertThat(this.client.getLease().getHolder()).isEqualTo("a");
		assertThat(this.log.lines()).containsExactly("GRANTED", "OPEN");
	}

	@Test
	void aStandbySendsNothing() {
		this.store.steal(NAME, Duration.ofHours(1));
		startLed(settings().sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE));
		assertThat(refusal()).isEqualTo(Reason.STANDBY);
	}

	@Test
	void theConnectionIsAbortedWhenTheLeaseEnds() {
		open();
		this.store.fail(new IllegalStateException("no store"));
		advanceMillis(13_499);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
		advanceMillis(1);
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
		assertThat(this.log.lines()).containsExactly("GRANTED", "OPEN", "CLOSE 1001 CLIENT", "LOST FENCED");
		assertThat(this.network.lastPeer().isAborted()).isTrue();
		assertThat(refusal()).isEqualTo(Reason.STANDBY);
		this.store.fail(null);
		advanceMillis(2000);
		assertThat(this.log.lines()).endsWith("LOST FENCED", "GRANTED", "OPEN again");
	}

	@Test
	void whatArrivesAfterTheEndOfTheLeaseIsDropped() {
		open();
		this.engine.advanceWithoutTimers(Duration.ofSeconds(14));
		this.network.lastPeer().send("late");
		this.engine.run();
		assertThat(this.log.lines()).containsExactly("GRANTED", "OPEN", "CLOSE 1001 CLIENT", "LOST FENCED");
		assertThat(this.network.lastPeer().isAborted()).isTrue();
	}

	/**
	 * The message arrives in time, on a thread of the container, and waits there for the
	 * open hook. The lease ends meanwhile.
	 */
	@Test
	void aMessageThatWaitsBehindAHookWhenTheLeaseEndsIsDropped() throws Exception {
		AtomicReference<Thread> container = new AtomicReference<>();
		this.listeners.add(0, new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				Thread thread = new Thread(() -> LedClientTests.this.network.lastPeer().send("waiting"), "container");
				container.set(thread);
				thread.start();
				Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isWaitingForTurn(thread));
				LedClientTests.this.engine.advanceWithoutTimers(Duration.ofSeconds(14));
			}
		});
		startLed(settings());
		advanceMillis(750);
		container.get().join();
		assertThat(this.log.lines()).containsExactly("GRANTED", "OPEN", "CLOSE 1001 CLIENT", "LOST FENCED");
		assertThat(this.network.lastPeer().isAborted()).isTrue();
	}

	private static boolean isWaitingForTurn(Thread thread) {
		return thread.getState() == Thread.State.WAITING && Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(HookQueue.class.getName()));
	}

	@Test
	void nothingIsWrittenAfterTheEndOfTheLease() {
		open();
		this.engine.advanceWithoutTimers(Duration.ofSeconds(14));
		assertThat(refusal()).isEqualTo(Reason.CONNECTION_LOST);
		assertThat(this.network.lastPeer().written()).isEmpty();
		assertThat(this.log.lines()).endsWith("CLOSE 1001 CLIENT", "LOST FENCED");
	}

	@Test
	void noAttemptBeginsAfterTheEndOfTheLease() {
		open();
		this.network.mode(FakeNetwork.Mode.REFUSE);
		this.network.lastPeer().drop();
		this.engine.run();
		assertThat(state()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(this.client.isLeader()).isTrue();
		int connects = this.network.handshakes().size();
		this.engine.advanceWithoutTimers(Duration.ofSeconds(14));
		this.client.reconnect();
		this.engine.run();
		assertThat(this.network.handshakes().size()).isEqualTo(connects);
		assertThat(this.log.lines()).endsWith("LOST FENCED");
	}

	@Test
	void aHandshakeThatEndsAfterTheLeaseIsDropped() {
		startLed(settings());
		this.engine.holdConnects(true);
		advanceMillis(750);
		this.engine.advanceWithoutTimers(Duration.ofSeconds(14));
		this.engine.holdConnects(false);
		assertThat(this.log.lines()).doesNotContain("OPEN");
		assertThat(this.log.lines()).containsExactly("GRANTED", "LOST FENCED");
	}

	@Test
	void closeGivesTheLeaseBackAfterTheConnection() {
		open();
		this.network.answersCloses(false);
		this.client.close();
		advanceMillis(100);
		assertThat(this.log.lines()).endsWith("CLOSE 1000 CLIENT", "LOST RELEASED");
		assertThat(this.store.holder(NAME)).isEqualTo("a");
		advanceMillis(20_000);
		assertThat(this.store.holder(NAME)).isNull();
		assertThat(this.store.calls()).endsWith("release");
		assertThat(state()).isEqualTo(HeartbeatClientState.STOPPED);
		this.network.answersCloses(true);
		this.client.open();
		advanceMillis(750);
		assertThat(this.log.lines()).endsWith("LOST RELEASED", "GRANTED", "OPEN");
	}

	/**
	 * The first close tells the lease again after {@code close-timeout}, when the second
	 * connection is still being closed.
	 */
	@Test
	void anEarlierCloseDoesNotReleaseTheLeaseOfALaterConnection() {
		open();
		this.client.close();
		advanceMillis(0);
		this.client.open();
		advanceMillis(1500);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
		this.network.answersCloses(false);
		this.client.close();
		advanceMillis(600);
		assertThat(this.network.lastPeer().isAborted()).isFalse();
		assertThat(this.store.holder(NAME)).isEqualTo("a");
		advanceMillis(2000);
		assertThat(this.store.holder(NAME)).isNull();
	}

	@Test
	void theEndOfTheLeaseAbortsAConnectionThatIsBeingClosed() {
		startLed(settings().closeTimeout(Duration.ofMinutes(1)));
		advanceMillis(750);
		this.network.answersCloses(false);
		this.store.fail(new IllegalStateException("no store"));
		this.client.close();
		advanceMillis(13_499);
		assertThat(this.network.lastPeer().isAborted()).isFalse();
		advanceMillis(1);
		assertThat(this.network.lastPeer().isAborted()).isTrue();
	}

	@Test
	void aReleaseClosesAndContendsAgain() {
		open();
		this.client.releaseLease();
		this.engine.run();
		advanceMillis(100);
		assertThat(this.log.lines()).endsWith("CLOSE 1001 CLIENT", "LOST RELEASED");
		assertThat(this.store.holder(NAME)).isNull();
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
		advanceMillis(3000);
		assertThat(this.log.lines()).endsWith("LOST RELEASED", "GRANTED", "OPEN again");
	}

	@Test
	void aClientThatDoesNotOpenGivesTheLeaseUp() {
		this.network.refuse(503);
		startLed(settings().leaderGiveUpAfter(Duration.ofSeconds(10)));
		advanceMillis(750);
		assertThat(this.log.lines()).startsWith("GRANTED", "ERROR HANDSHAKE_REFUSED 503");
		advanceMillis(9999);
		assertThat(this.log.lines()).doesNotContain("LOST GAVE_UP");
		advanceMillis(1);
		assertThat(this.log.lines()).endsWith("LOST GAVE_UP");
		assertThat(this.store.holder(NAME)).isNull();
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
	}

	@Test
	void aClientThatGaveUpReconnectingGivesTheLeaseBack() {
		this.network.refuse(503);
		startLed(settings().repeatLimit(1));
		advanceMillis(60_000);
		assertThat(state()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(this.log.lines()).endsWith("EXHAUSTED 1", "LOST RELEASED");
		assertThat(this.store.holder(NAME)).isNull();
		this.network.mode(FakeNetwork.Mode.ACCEPT);
		this.client.reconnect();
		advanceMillis(0);
		assertThat(this.log.lines()).endsWith("LOST RELEASED", "GRANTED", "OPEN");
	}

	@Test
	void aReconnectKeepsTheLease() {
		open();
		this.client.reconnect();
		this.engine.run();
		advanceMillis(1000);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
		assertThat(this.log.count("GRANTED")).isOne();
		assertThat(this.store.calls()).doesNotContain("release");
	}

	@Test
	void aReconnectOfAStandbyPollsNow() {
		this.store.steal(NAME, Duration.ofMillis(1000));
		startLed(settings());
		advanceMillis(1000);
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
		this.client.reconnect();
		advanceMillis(0);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
	}

	@Test
	void aStopReleasesTheLeaseBeforeTheShutdownContinues() {
		open();
		List<String> done = new ArrayList<>();
		this.client.machine().stop(CloseStatus.GOING_AWAY, () -> done.add("stopped"));
		this.manager.whenReleased(() -> done.add("released"));
		advanceMillis(100);
		assertThat(done).containsExactly("stopped", "released");
		assertThat(this.log.lines()).endsWith("CLOSE 1001 CLIENT", "LOST STOPPED");
		assertThat(this.store.holder(NAME)).isNull();
		this.client.machine().start();
		advanceMillis(750);
		assertThat(state()).isEqualTo(HeartbeatClientState.OPEN);
	}

	@Test
	void aRenewalDuringAHandoverOpensNothing() {
		open();
		this.network.answersCloses(false);
		this.client.releaseLease();
		advanceMillis(4900);
		int connects = this.network.handshakes().size();
		advanceMillis(50);
		assertThat(this.network.handshakes().size()).isEqualTo(connects);
		assertThat(state()).isEqualTo(HeartbeatClientState.STANDBY);
	}

	@Test
	void theSnapshotShowsTheLease() {
		open();
		assertThat(this.client.getSnapshot().lease()).satisfies((lease) -> {
			assertThat(lease.name()).isEqualTo(NAME);
			assertThat(lease.held()).isTrue();
			assertThat(lease.validUntil()).isEqualTo(this.engine.now().plusMillis(13_500));
		});
		this.store.fail(new IllegalStateException("no store"));
		advanceMillis(14_000);
		assertThat(this.client.getSnapshot().lease()).satisfies((lease) -> {
			assertThat(lease.held()).isFalse();
			assertThat(lease.silentSince()).isEqualTo(this.engine.now().minusMillis(9000));
			assertThat(lease.error()).isEqualTo("java.lang.IllegalStateException");
		});
	}

	@Test
	void metersCountLeases() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		this.observers.add(new HeartbeatMeters(registry));
		open();
		assertThat(registry.get("heartbeat.client.leader").tag("client", "test").gauge().value()).isOne();
		this.store.fail(new IllegalStateException("no store"));
		advanceMillis(13_500);
		assertThat(registry.get("heartbeat.client.leader").gauge().value()).isZero();
		assertThat(registry.get("heartbeat.client.lease.grants").counter().count()).isOne();
		assertThat(registry.get("heartbeat.client.lease.losses").tag("reason", "fenced").counter().count()).isOne();
		assertThat(calls(registry, "acquire", "kept")).isOne();
		assertThat(calls(registry, "renew", "error")).isPositive();
		this.client.remove(() -> {
		});
		this.engine.run();
		assertThat(registry.getMeters()).isEmpty();
	}

	private static long calls(SimpleMeterRegistry registry, String verb, String outcome) {
		return registry.get("heartbeat.client.lease.calls").tags("verb", verb, "outcome", outcome).timer().count();
	}

	@Test
	void aSilentStoreIsDown() {
		HealthIndicator health = () -> new HeartbeatHealthIndicator(this.client, Duration.ofSeconds(60)).health();
		this.store.steal(NAME, Duration.ofHours(1));
		startLed(settings());
		advanceMillis(120_000);
		assertThat(health.health().getStatus()).isEqualTo(Status.UP);
		assertThat(health.health().getDetails()).extractingByKey("lease", map(String.class, Object.class))
			.containsOnly(entry("name", NAME), entry("held", false));
		this.store.fail(new IllegalStateException("no store"));
		advanceMillis(50_000);
		assertThat(health.health().getStatus()).isEqualTo(Status.UP);
		advanceMillis(15_000);
		assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.health().getDetails()).extractingByKey("lease", map(String.class, Object.class))
			.containsEntry("error", "java.lang.IllegalStateException");
		this.store.fail(null);
		advanceMillis(3000);
		assertThat(health.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void theHandshakeHasTheLease() {
		List<String> holders = new ArrayList<>();
		startLed(settings()
			.handshakeCustomizer((name, handshake) -> holders.add(handshake.getLease().getHolder() + " of " + name)));
		advanceMillis(750);
		assertThat(holders).containsExactly("a of test");
	}

	@Test
	void aMessageOfALedClientIsSent() {
		open();
		this.client.send(new TextMessage("hello"));
		this.engine.run();
		assertThat(this.network.lastPeer().written()).hasSize(1);
	}

}
