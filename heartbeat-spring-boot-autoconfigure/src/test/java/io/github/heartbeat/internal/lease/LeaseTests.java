package io.github.heartbeat.internal.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import io.github.heartbeat.test.internal.ManualEngine;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests leases with a hand-driven clock and store. The lease lives 15 s, is valid for
 * 13.5 s, renewed after 5 s and polled every 1.5 s.
 */
class LeaseTests {

	private static final LeaseTimes TIMES = new LeaseTimes(Duration.ofSeconds(15), Duration.ofMillis(1500),
			Duration.ofSeconds(5), Duration.ofMillis(1500));

	private static final LeaseTimes SHORT_TIMES = new LeaseTimes(Duration.ofSeconds(6), Duration.ofMillis(600),
			Duration.ofSeconds(2), Duration.ofMillis(600));

	@RegisterExtension
	final CapturedLog captured = new CapturedLog("io.github.heartbeat.HeartbeatClient");

	private final ManualEngine engine = new ManualEngine();

	private final EngineResources resources = this.engine.resources(() -> 0.5);

	private final FakeLeases store = new FakeLeases(this.engine);

	private final Replica replica = new Replica(this.store, this.resources, 0, Integer.MAX_VALUE);

	private final Member member = new Member();

	private final List<StoreThread> threads = new ArrayList<>();

	@AfterEach
	void endThreads() throws InterruptedException {
		for (StoreThread thread : this.threads) {
			thread.end();
		}
	}

	private Lease lease() {
		return this.replica.lease("orders");
	}

	private void advance(long millis) {
		this.engine.advance(Duration.ofMillis(millis));
	}

	private Lease granted() {
		Lease lease = lease();
		lease.contend(this.member);
		advance(750);
		assertThat(this.member.log).containsExactly("granted");
		this.member.log.clear();
		return lease;
	}

	@Test
	void withoutAMemberNothingIsCalled() {
		lease();
		advance(60_000);
		assertThat(this.store.calls()).isEmpty();
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void theLeaseIsAcquiredAndRenewed() {
		Lease lease = granted();
		assertThat(lease.current()).isNotNull();
		assertThat(this.store.holder("app.orders")).isEqualTo("a");
		advance(60_000);
		assertThat(this.store.calls()).startsWith("acquire", "renew").hasSizeBetween(12, 13);
		assertThat(this.member.log).allMatch("granted"::equals);
	}

	@Test
	void aLeaseOfAnotherReplicaIsPolled() {
		this.store.steal("app.orders", Duration.ofSeconds(4));
		lease().contend(this.member);
		advance(3000);
		assertThat(this.member.log).isEmpty();
		advance(3000);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void anUnrenewedLeaseEndsBeforeItCanBeginElsewhere() {
		Lease lease = granted();
		this.store.fail(new IllegalStateException("no store"));
		advance(13_499);
		assertThat(this.member.log).isEmpty();
		assertThat(lease.isPassed(this.engine.nanoTime())).isFalse();
		advance(1);
		assertThat(this.member.log).containsExactly("FENCED");
		assertThat(lease.isPassed(this.engine.nanoTime())).isTrue();
		assertThat(this.store.holder("app.orders")).isEqualTo("a");
	}

	@Test
	void errorsOfTheStoreAloneEndNothing() {
		granted();
		this.store.fail(new IllegalStateException("no store"));
		advance(10_000);
		this.store.fail(null);
		advance(30_000);
		assertThat(this.member.log).allMatch("granted"::equals);
	}

	@Test
	void aLeaseThatIsRenewedAfterItsEndIsGrantedAgain() {
		granted();
		this.store.fail(new IllegalStateException("no store"));
		advance(14_000);
		this.store.fail(null);
		advance(4000);
		assertThat(this.member.log).startsWith("FENCED", "granted");
	}

	@Test
	void aLeaseCountsFromBeforeTheCall() {
		this.store.take(Duration.ZERO, Duration.ofSeconds(3));
		Lease lease = lease();
		lease.contend(this.member);
		advance(750 + 3000);
		this.store.fail(new IllegalStateException("no store"));
		this.store.take(Duration.ZERO, Duration.ZERO);
		this.member.log.clear();
		advance(10_499);
		assertThat(this.member.log).isEmpty();
		advance(1);
		assertThat(this.member.log).containsExactly("FENCED");
	}

	@Test
	void anAnswerAfterTheEndIsWorthNothingUntilTheNextRenewal() {
		this.store.take(Duration.ZERO, Duration.ofSeconds(14));
		Lease lease = lease();
		lease.contend(this.member);
		advance(750);
		assertThat(this.store.calls()).containsExactly("acquire", "renew");
		assertThat(this.member.log).containsExactly("granted");
		assertThat(lease.status().validUntil()).isEqualTo(this.engine.nanoTime() + 13_500_000_000L);
	}

	@Test
	void aRenewalThatDoesNotReturnDelaysNoFence() {
		granted();
		List<String> during = new ArrayList<>();
		this.store.take(Duration.ofSeconds(14), Duration.ZERO);
		this.engine.schedule(() -> during.addAll(this.member.log), Duration.ofMillis(13_501).toNanos());
		advance(5000);
		assertThat(during).containsExactly("FENCED");
	}

	/**
	 * The store can grant the lease to another replica while the call still runs.
	 */
	@Test
	void theLeaseIsNotValidWhileItIsReleased() {
		Lease lease = granted();
		List<Boolean> during = new ArrayList<>();
		this.store.take(Duration.ZERO, Duration.ofSeconds(2));
		this.engine.schedule(() -> during.add(lease.isPassed(this.engine.nanoTime())), Duration.ofSeconds(1).toNanos());
		this.member.withdraw(lease);
		this.member.vacated(lease);
		advance(0);
		assertThat(this.store.calls()).endsWith("release");
		assertThat(during).containsExactly(true);
	}

	@Test
	void aLeaseThatIsTakenEndsAtOnce() {
		granted();
		this.store.steal("app.orders", Duration.ofSeconds(15));
		advance(5000);
		assertThat(this.member.log).containsExactly("TAKEN");
		advance(9000);
		assertThat(this.member.log).containsExactly("TAKEN");
		advance(4000);
		assertThat(this.member.log).containsExactly("TAKEN", "granted");
	}

	@Test
	void aTimeOfDayThatJumpsForwardEndsTheLease() {
		Lease lease = granted();
		this.engine.setClock(Duration.ofSeconds(14));
		assertThat(lease.isPassed(this.engine.nanoTime() + 2_000_000)).isTrue();
		advance(1000);
		assertThat(this.member.log).containsExactly("FENCED");
	}

	@Test
	void aTimeOfDayThatJumpsBackChangesNothing() {
		granted();
		this.engine.setClock(Duration.ofSeconds(-3600));
		this.store.fail(new IllegalStateException("no store"));
		advance(13_499);
		assertThat(this.member.log).isEmpty();
		advance(1);
		assertThat(this.member.log).containsExactly("FENCED");
	}

	@Test
	void theLeaseIsReleasedWhenTheConnectionHasGone() {
		Lease lease = granted();
		this.member.withdraw(lease);
		advance(20_000);
		assertThat(this.store.calls()).doesNotContain("release").contains("renew");
		assertThat(lease.isPassed(this.engine.nanoTime())).isFalse();
		this.member.vacated(lease);
		advance(0);
		assertThat(this.store.calls()).endsWith("release");
		assertThat(this.store.holder("app.orders")).isNull();
		assertThat(lease.isPassed(this.engine.nanoTime())).isTrue();
		advance(60_000);
		assertThat(this.store.calls()).endsWith("release");
	}

	@Test
	void aLateWordOfAnEarlierDepartureReleasesNothing() {
		Lease lease = granted();
		long first = lease.withdraw(this.member);
		lease.contend(this.member);
		long second = lease.withdraw(this.member);
		lease.vacated(this.member, first);
		advance(0);
		assertThat(this.store.holder("app.orders")).isEqualTo("a");
		lease.vacated(this.member, second);
		advance(0);
		assertThat(this.store.holder("app.orders")).isNull();
	}

	@Test
	void nothingIsGrantedWhileTheLeaseGoesBack() {
		Lease lease = granted();
		lease.handOver(HeartbeatLeaseLostReason.RELEASED);
		assertThat(this.member.log).containsExactly("yield RELEASED");
		assertThat(lease.contend(this.member)).isNull();
		advance(20_000);
		assertThat(this.member.log).containsExactly("yield RELEASED");
		this.member.vacated(lease);
		advance(2999);
		assertThat(this.store.holder("app.orders")).isNull();
		advance(1);
		assertThat(this.member.log).containsExactly("yield RELEASED", "granted");
	}

	@Test
	void aLeaseThatIsGivenUpIsLeftToOthersForLongerEachTime() {
		Lease lease = granted();
		List<Long> pauses = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			this.member.log.clear();
			lease.handOver(HeartbeatLeaseLostReason.GAVE_UP);
			this.member.vacated(lease);
			advance(0);
			long begin = this.engine.nanoTime();
			while (!this.member.log.contains("granted")) {
				advance(100);
			}
			pauses.add((this.engine.nanoTime() - begin) / 1_000_000);
		}
		assertThat(pauses).containsExactly(3000L, 6000L, 12_000L, 15_000L, 15_000L);
		lease.opened();
		lease.handOver(HeartbeatLeaseLostReason.GAVE_UP);
		this.member.vacated(lease);
		this.member.log.clear();
		advance(3000);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void aPauseAfterManyAttemptsIsNoLongerThanTheLease() {
		Duration lease = Duration.ofDays(60);
		Lease slow = this.replica.manager.join("client", "slow",
				new LeaseTimes(lease, Duration.ofDays(1), Duration.ofDays(20), lease));
		slow.contend(this.member);
		this.engine.advance(lease.dividedBy(2));
		for (int i = 0; i < 20; i++) {
			this.member.log.clear();
			slow.handOver(HeartbeatLeaseLostReason.GAVE_UP);
			this.member.vacated(slow);
			this.engine.advance(lease.minusMillis(1));
			assertThat(this.member.log).as("attempt %d", i).containsExactly("yield GAVE_UP");
			advance(1);
			assertThat(this.member.log).containsExactly("yield GAVE_UP", "granted");
		}
	}

	@Test
	void aReleaseThatFailsIsLogged() {
		Lease lease = granted();
		this.store.fail(new IllegalStateException("no store"));
		this.member.withdraw(lease);
		this.member.vacated(lease);
		advance(60_000);
		assertThat(this.captured.lines()).filteredOn((line) -> line.getLevel() == Level.WARN)
			.extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("Lease 'app.orders' was not released (the store failed with "
					+ "java.lang.IllegalStateException); it ends by itself after 15 s at most");
		assertThat(this.store.calls()).containsOnlyOnce("release");
	}

	@Test
	void aHandoverWhoseReleaseFailsIsLoggedOnce() {
		Lease lease = granted();
		this.store.fail(new IllegalStateException("no store"));
		lease.handOver(HeartbeatLeaseLostReason.RELEASED);
		this.member.vacated(lease);
		advance(0);
		assertThat(this.captured.lines()).extracting(ILoggingEvent::getFormattedMessage)
			.singleElement()
			.asString()
			.startsWith("Lease 'app.orders' was not released");
	}

	@Test
	void theLeaseStaysWhileAnotherClientUsesIt() {
		Lease lease = granted();
		Member second = new Member();
		assertThat(this.replica.lease("orders")).isSameAs(lease);
		assertThat(lease.contend(second)).isNotNull();
		this.member.withdraw(lease);
		this.member.vacated(lease);
		advance(20_000);
		assertThat(this.store.calls()).doesNotContain("release");
		second.withdraw(lease);
		second.vacated(lease);
		advance(0);
		assertThat(this.store.calls()).endsWith("release");
	}

	@Test
	void aClientThatClosesWhileTheStoreIsAskedLeavesNothing() {
		Lease lease = lease();
		this.store.take(Duration.ZERO, Duration.ofSeconds(1));
		lease.contend(this.member);
		this.engine.schedule(() -> {
			this.member.withdraw(lease);
			this.member.vacated(lease);
		}, Duration.ofSeconds(1).toNanos());
		advance(5000);
		assertThat(this.store.calls()).containsExactly("acquire", "release");
		assertThat(this.member.log).isEmpty();
	}

	@Test
	void aPollNowDoesNotWait() {
		this.store.steal("app.orders", Duration.ofMillis(900));
		Lease lease = lease();
		lease.contend(this.member);
		advance(900);
		assertThat(this.member.log).isEmpty();
		lease.poll();
		advance(0);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void aReplicaWithMoreLeasesWaitsLonger() {
		FakeLeases other = this.store.of("b");
		Replica busy = new Replica(this.store, this.resources, 50, Integer.MAX_VALUE);
		Replica idle = new Replica(other, this.resources, 50, Integer.MAX_VALUE);
		for (int i = 0; i < 20; i++) {
			busy.lease("own-" + i).contend(new Member());
		}
		advance(1000);
		this.store.steal("app.orders", Duration.ofSeconds(9));
		Member atBusy = new Member();
		Member atIdle = new Member();
		busy.lease("orders").contend(atBusy);
		idle.lease("orders").contend(atIdle);
		advance(15_000);
		assertThat(atIdle.log).contains("granted");
		assertThat(atBusy.log).isEmpty();
	}

	/**
	 * A new replica starts before an old one ends. Names that become free at the same
	 * time go to the replica that holds the fewest, even if its calls take longer, as on
	 * a loaded machine.
	 */
	@ParameterizedTest
	@CsvSource({ "1, 0, 0", "2, 0, 0", "3, 0, 0", "4, 0, 0", "5, 0, 0", "1, 2, 10", "2, 2, 10", "1, 10, 10" })
	void aRollingUpdateLeavesAboutAsManyLeasesOnEachReplica(long seed, long callMillis, long newCallMillis) {
		Random random = new Random(seed);
		Deque<Leader> leaders = new ArrayDeque<>();
		for (int i = 0; i < 3; i++) {
			leaders.add(new Leader(this.store.of("old" + i), random::nextDouble, callMillis));
		}
		advance(5000);
		for (int i = 0; i < 3; i++) {
			Leader last = new Leader(this.store.of("new" + i), random::nextDouble, newCallMillis);
			leaders.add(last);
			advance(3000);
			leaders.remove().end();
			advance(2000);
			assertThat(leaders.stream().mapToInt(Leader::held).sum()).isEqualTo(100);
			advance(3000);
			last.callMillis = callMillis;
		}
		assertThat(leaders.stream().map(Leader::held)).allMatch((held) -> held >= 25 && held <= 42);
	}

	@Test
	void afterAnAcquisitionLeasesThatWereRefusedAreTriedAtOnce() {
		this.store.steal("app.orders", Duration.ofMillis(4000));
		this.store.steal("app.quotes", Duration.ofMillis(4000));
		lease().contend(this.member);
		advance(700);
		Member other = new Member();
		this.replica.lease("quotes").contend(other);
		advance(3749);
		assertThat(other.log).isEmpty();
		assertThat(this.member.log).isEmpty();
		advance(1);
		assertThat(other.log).containsExactly("granted");
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void anAttemptAfterAnAcquisitionDoesNotDelayTheNextPoll() {
		this.store.steal("app.orders", Duration.ofMillis(5000));
		this.store.steal("app.quotes", Duration.ofMillis(4000));
		lease().contend(this.member);
		advance(700);
		this.replica.lease("quotes").contend(new Member());
		advance(3750);
		assertThat(this.store.calls()).hasSize(3 + 3 + 1);
		assertThat(this.member.log).isEmpty();
		advance(800);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void anAcquisitionDoesNotShortenThePauseOfALeaseThatWasGivenUp() {
		Lease lease = granted();
		this.store.steal("app.quotes", Duration.ofMillis(1500));
		Member other = new Member();
		this.replica.lease("quotes").contend(other);
		lease.handOver(HeartbeatLeaseLostReason.GAVE_UP);
		this.member.vacated(lease);
		advance(2999);
		assertThat(other.log).containsExactly("granted");
		assertThat(this.store.holder("app.orders")).isNull();
		advance(1);
		assertThat(this.store.holder("app.orders")).isEqualTo("a");
	}

	@Test
	void whileAttemptsTakeLongerThanThePollIntervalEachLeaseHasItsTurn() {
		for (int i = 0; i < 20; i++) {
			this.store.steal("app.taken-" + i, Duration.ofHours(1));
			this.replica.lease("taken-" + i).contend(new Member());
		}
		advance(1500);
		this.store.onEachCall(() -> advance(200));
		advance(10_000);
		Lease lease = lease();
		lease.contend(this.member);
		advance(2 * 20 * 200 + 1500);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void theOnlyReplicaWaitsTwoPollsAtMostWhateverItHolds() {
		Leader leader = new Leader(this.store.of("only"), () -> 0, 0);
		advance(2 * 600);
		assertThat(leader.held()).isEqualTo(100);
	}

	@Test
	void aReplicaHoldsNoMoreLeasesThanItMay() {
		Replica limited = new Replica(this.store, this.resources, 0, 2);
		List<Member> members = IntStream.range(0, 5).mapToObj((i) -> new Member()).toList();
		for (int i = 0; i < 5; i++) {
			limited.lease("lock-" + i).contend(members.get(i));
		}
		advance(20_000);
		assertThat(members.stream().filter((each) -> each.log.contains("granted"))).hasSize(2);
	}

	@Test
	void pollsDoNotDelayRenewals() {
		Lease lease = granted();
		for (int i = 0; i < 100; i++) {
			this.store.steal("app.taken-" + i, Duration.ofHours(1));
			this.replica.lease("taken-" + i).contend(new Member());
		}
		for (int i = 0; i < 600; i++) {
			this.store.take(Duration.ZERO, Duration.ofMillis(200));
			advance(100);
			assertThat(lease.isPassed(this.engine.nanoTime())).isFalse();
		}
		assertThat(this.member.log).doesNotContain("FENCED");
	}

	@Test
	void anAttemptThatTookLongDelaysTheNextOneByOneIntervalAtMost() {
		this.store.steal("app.orders", Duration.ofSeconds(5));
		this.store.take(Duration.ZERO, Duration.ofSeconds(10));
		lease().contend(this.member);
		advance(750);
		assertThat(this.store.calls()).containsExactly("acquire");
		advance(1500);
		assertThat(this.member.log).containsExactly("granted");
	}

	@Test
	void oneLockHasOneSetOfTimes() {
		lease();
		LeaseTimes other = new LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(3), Duration.ofSeconds(5),
				Duration.ofSeconds(1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.replica.manager.join("other", "orders", other))
			.withMessageContaining("orders");
	}

	@Test
	void leasesAreReleasedBeforeTheShutdownContinues() {
		Lease lease = granted();
		List<String> done = new ArrayList<>();
		this.replica.manager.whenReleased(() -> done.add("released"));
		advance(1000);
		assertThat(done).isEmpty();
		this.member.withdraw(lease);
		this.member.vacated(lease);
		advance(0);
		assertThat(done).containsExactly("released");
	}

	/**
	 * Random delays and failures of the store, random jumps of the time of day and random
	 * handovers. The store itself never grants a lease twice.
	 */
	@Test
	void ofFiveReplicasNeverTwoHaveAValidLease() {
		for (int seed = 0; seed < 1000; seed++) {
			new Schedule(seed).run();
		}
	}

	private static final class Replica {

		private final LeaseManager manager;

		Replica(FakeLeases store, EngineResources resources, long spreadMillis, int maxHeld) {
			this(store, new OneThread(resources.io()), resources, spreadMillis, maxHeld);
		}

		Replica(FakeLeases store, Executor thread, EngineResources resources, long spreadMillis, int maxHeld) {
			this.manager = new LeaseManager(
					new LeaseOptions(() -> store, "app", Duration.ofMillis(spreadMillis), maxHeld),
					new LeaseThread(thread, () -> {
					}), resources);
		}

		Lease lease(String lock) {
			return this.manager.join("client", lock, TIMES);
		}

	}

	/**
	 * A replica with 100 names. A lease lives 6 s and is polled every 600 ms.
	 */
	private final class Leader {

		private final Map<Lease, Member> members = new LinkedHashMap<>();

		private long callMillis;

		Leader(FakeLeases store, DoubleSupplier random, long callMillis) {
			this.callMillis = callMillis;
			StoreThread thread = new StoreThread(LeaseTests.this.engine);
			LeaseTests.this.threads.add(thread);
			store.onEachCall(() -> thread.sleep(Duration.ofMillis(this.callMillis)));
			Replica replica = new Replica(store, thread, LeaseTests.this.engine.resources(random), 50,
					Integer.MAX_VALUE);
			for (int i = 0; i < 100; i++) {
				this.members.put(replica.manager.join("client", "name-" + i, SHORT_TIMES), new Member());
			}
			this.members.forEach(Lease::contend);
		}

		int held() {
			return (int) this.members.keySet().stream().filter(Lease::isHeld).count();
		}

		void end() {
			this.members.forEach((lease, member) -> {
				member.withdraw(lease);
				member.vacated(lease);
			});
		}

	}

	/**
	 * Runs one task at a time: the next one waits while a call of the store takes time.
	 */
	private static final class OneThread implements Executor {

		private final Executor executor;

		private final Deque<Runnable> tasks = new ArrayDeque<>();

		private boolean running;

		OneThread(Executor executor) {
			this.executor = executor;
		}

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
			this.executor.execute(this::run);
		}

		private void run() {
			if (this.running) {
				return;
			}
			this.running = true;
			try {
				for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
					task.run();
				}
			}
			finally {
				this.running = false;
			}
		}

	}

	/**
	 * Records the signals.
	 */
	private static final class Member implements LeaseMember {

		final List<String> log = new ArrayList<>();

		private long departure;

		void withdraw(Lease lease) {
			this.departure = lease.withdraw(this);
		}

		void vacated(Lease lease) {
			lease.vacated(this, this.departure);
		}

		@Override
		public void leaseGranted(HeartbeatLease lease) {
			this.log.add("granted");
		}

		@Override
		public void leaseExpired(HeartbeatLeaseLostReason reason) {
			this.log.add(reason.name());
		}

		@Override
		public void leaseYielded(HeartbeatLeaseLostReason reason, long departure) {
			this.departure = departure;
			this.log.add("yield " + reason);
		}

		@Override
		public void storeCalled(String verb, String outcome, long nanos) {
			assertThat(nanos).isNotNegative();
		}

	}

	/**
	 * A random schedule of five replicas on one clock.
	 */
	private static final class Schedule {

		private final Random random;

		private final ManualEngine engine = new ManualEngine();

		private final List<FakeLeases> stores = new ArrayList<>();

		private final List<Lease> leases = new ArrayList<>();

		private final List<Member> members = new ArrayList<>();

		private final int seed;

		Schedule(int seed) {
			this.seed = seed;
			this.random = new Random(seed);
			EngineResources resources = this.engine.resources(this.random::nextDouble);
			FakeLeases store = new FakeLeases(this.engine);
			for (int i = 0; i < 5; i++) {
				FakeLeases own = store.of("replica-" + i);
				this.stores.add(own);
				this.members.add(new Member());
				this.leases.add(new Replica(own, resources, 50, Integer.MAX_VALUE).lease("orders"));
			}
		}

		void run() {
			for (int i = 0; i < 5; i++) {
				this.leases.get(i).contend(this.members.get(i));
			}
			for (int step = 0; step < 60; step++) {
				disturb();
				this.engine.advance(Duration.ofMillis(this.random.nextInt(3000)));
				assertThat(valid()).as("seed %d, step %d", this.seed, step).isLessThanOrEqualTo(1);
			}
			this.stores.forEach((store) -> {
				store.fail(null);
				store.take(Duration.ZERO, Duration.ZERO);
			});
			for (int i = 0; i < 5; i++) {
				this.members.get(i).vacated(this.leases.get(i));
			}
			this.engine.advance(Duration.ofSeconds(60));
			assertThat(valid()).as("seed %d", this.seed).isOne();
		}

		private void disturb() {
			int replica = this.random.nextInt(5);
			FakeLeases store = this.stores.get(replica);
			switch (this.random.nextInt(6)) {
				case 0 -> store.fail(new IllegalStateException("no store"));
				case 1 -> store.fail(null);
				case 2 -> store.take(Duration.ofMillis(this.random.nextInt(4000)),
						Duration.ofMillis(this.random.nextInt(16_000)));
				case 3 -> store.take(Duration.ZERO, Duration.ZERO);
				case 4 -> {
					this.leases.get(replica).handOver(HeartbeatLeaseLostReason.RELEASED);
					this.members.get(replica).vacated(this.leases.get(replica));
				}
				default -> this.engine.setClock(Duration.ofMillis(this.random.nextInt(20_000) - 10_000));
			}
		}

		private long valid() {
			long now = this.engine.nanoTime();
			return this.leases.stream().filter((lease) -> !lease.isPassed(now)).count();
		}

	}

}
