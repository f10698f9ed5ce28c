package io.github.heartbeat.replicas;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.heartbeat.replicas.AccountServer.Account;
import io.github.heartbeat.replicas.AccountServer.Link;
import io.github.heartbeat.replicas.ReplicaSet.Member;
import io.github.heartbeat.testing.ChildJvm;
import io.github.heartbeat.testing.FaultProxy.Fault;
import io.github.heartbeat.testing.FaultProxy.Stage;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to three replicas in separate processes when one of them, its store or the
 * network between them fails. Two properties hold throughout: an account has no second
 * connection, except while its replica is frozen, and a replica whose successor has
 * spoken does not speak.
 * <p>
 * {@code heartbeat.test.replica-rounds} sets how often each scenario runs.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(900)
abstract class ReplicaProcessScenarios {

	private static final int ROUNDS = Integer.getInteger("heartbeat.test.replica-rounds", 1);

	private static final Duration LEASE = Duration.ofSeconds(3);

	private static final Duration POLL = Duration.ofMillis(300);

	/** What a busy machine may add to a takeover. */
	private static final Duration SLACK = Duration.ofSeconds(10);

	/** Two clients with one lock. The server closes older connections of the second. */
	private static final List<String> OPTIONS = List.of("--word-millis=20", ReplicaSet.client("orders"),
			ReplicaSet.client("kicked"), "--heartbeat.clients.kicked.leader.lock=orders",
			"--heartbeat.defaults.leader.enabled=true", "--heartbeat.defaults.leader.lease=" + LEASE.toMillis() + "ms",
			"--heartbeat.defaults.leader.poll-interval=" + POLL.toMillis(),
			"--heartbeat.defaults.reconnect-timeout=200ms", "--heartbeat.clients.orders.leader.give-up-after=2s",
			"--heartbeat.clients.kicked.leader.give-up-after=2s");

	private final Figures figures = new Figures();

	private final String profile;

	private Store store;

	private AccountServer server;

	private Account orders;

	private Account kicked;

	private ReplicaSet replicas;

	/** How often a replica continued after its lease had ended. */
	private int thaws;

	ReplicaProcessScenarios(String profile) {
		this.profile = profile;
	}

	abstract Store createStore() throws Exception;

	@BeforeAll
	void startServers(@TempDir Path directory) throws Exception {
		this.store = createStore();
		this.server = new AccountServer();
		this.orders = this.server.account("orders");
		this.kicked = this.server.account("kicked");
		this.kicked.kick();
		this.replicas = new ReplicaSet(directory, this.store, this.server, this.profile, OPTIONS);
	}

	@AfterAll
	void stopServers() throws Exception {
		if (this.replicas != null) {
			this.figures.print(this.profile);
			System.out.println(this.profile + ": " + this.thaws + " thaws, messages after those of the successor: "
					+ (this.orders.lateWords() + this.kicked.lateWords()));
			this.replicas.close();
			this.server.close();
		}
		if (this.store != null) {
			this.store.close();
		}
	}

	@BeforeEach
	void completeReplicas() throws Exception {
		this.replicas.complete();
		this.replicas.all().forEach(Member::awaitStore);
		ReplicaSet.awaitHolder(this.kicked);
	}

	/**
	 * One write of each connection that began before a pause can go out after it.
	 */
	@AfterEach
	void nobodySpokeLate() {
		assertThat(this.orders.lateWords()).isLessThanOrEqualTo(this.thaws);
		assertThat(this.kicked.lateWords()).isLessThanOrEqualTo(this.thaws);
	}

	private Link awaitSuccessor(Link link) {
		return ReplicaSet.awaitSuccessor(this.orders, link);
	}

	private void awaitEnd(Link link) {
		Awaitility.await().atMost(ReplicaSet.LONG).pollInterval(Duration.ofMillis(1)).until(link::hasEnded);
	}

	private void assertTakeover(String scenario, long since, Link successor) {
		this.figures.add(scenario, successor.openedAt() - since);
		assertThat(Duration.ofNanos(successor.openedAt() - since)).isLessThan(LEASE.plus(POLL).plus(SLACK));
	}

	@Test
	void anotherReplicaTakesOverWhenTheProcessDies() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			int beside = this.orders.opensBesideAnother();
			Link link = ReplicaSet.awaitHolder(this.orders);
			Member holder = this.replicas.get(link);
			long since = System.nanoTime();
			holder.jvm().signal("KILL");
			this.replicas.remove(holder);
			this.replicas.start();
			assertTakeover("kill -9 to open elsewhere", since, awaitSuccessor(link));
			assertThat(this.orders.opensBesideAnother()).isEqualTo(beside);
			completeReplicas();
		}
	}

	@Test
	void aReplicaThatEndsClosesItsConnectionFirst() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			int beside = this.orders.opensBesideAnother();
			Link link = ReplicaSet.awaitHolder(this.orders);
			Member holder = this.replicas.get(link);
			holder.jvm().signal("TERM");
			Link successor = awaitSuccessor(link);
			assertTakeover("SIGTERM, without a connection", link.endedAt(), successor);
			assertThat(successor.openedAt()).isGreaterThan(link.endedAt());
			assertThat(this.orders.opensBesideAnother()).isEqualTo(beside);
			this.replicas.remove(holder);
			completeReplicas();
		}
	}

	/**
	 * The kernel of a frozen process keeps its sockets and receives for them. After the
	 * thaw the process delivers nothing of that and closes its connections.
	 */
	@Test
	void aReplicaThatThawsAfterItsLeaseClosesItsConnections() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			Link link = ReplicaSet.awaitHolder(this.orders);
			int kicks = this.kicked.kicks();
			ChildJvm jvm = this.replicas.get(link).jvm();
			long since = System.nanoTime();
			jvm.freeze();
			link.connection().alongside((connection) -> {
				for (int message = 0; message < 1000 && !link.hasEnded(); message++) {
					connection.text("late" + "x".repeat(10_000));
				}
			});
			Link successor = awaitSuccessor(link);
			assertTakeover("SIGSTOP to open elsewhere", since, successor);
			this.thaws++;
			long thaw = System.nanoTime();
			jvm.thaw();
			awaitEnd(link);
			this.figures.add("SIGCONT to end at the server", link.endedAt() - thaw);
			int words = successor.words();
			Awaitility.await().atMost(ReplicaSet.LONG).until(() -> successor.words() > words + 50);
			assertThat(this.orders.holder()).isSameAs(successor);
			assertThat(this.kicked.kicks()).isLessThanOrEqualTo(kicks + 1);
			assertThat(jvm.lines()).noneMatch((line) -> line.startsWith("MESSAGE late"));
			completeReplicas();
		}
	}

	@Test
	void aReplicaThatThawsWithinItsLeaseGoesOn() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			Link link = ReplicaSet.awaitHolder(this.orders);
			ChildJvm jvm = this.replicas.get(link).jvm();
			jvm.freeze();
			TestServer.pause(LEASE.toMillis() / 10);
			jvm.thaw();
			int words = link.words();
			Awaitility.await().atMost(ReplicaSet.LONG).until(() -> link.words() > words + 50);
			assertThat(this.orders.holder()).isSameAs(link);
		}
	}

	/**
	 * The driver has its default timeouts, so calls of the store do not return.
	 */
	@Test
	void aReplicaThatIsCutOffFromTheStoreClosesItsConnectionFirst() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			int beside = this.orders.opensBesideAnother();
			Link link = ReplicaSet.awaitHolder(this.orders);
			Member holder = this.replicas.get(link);
			long since = System.nanoTime();
			freezeStore(Stream.of(holder));
			Link successor = awaitSuccessor(link);
			this.figures.add("cut off to end", link.endedAt() - since);
			assertTakeover("cut off to open elsewhere", since, successor);
			assertThat(successor.openedAt()).isGreaterThan(link.endedAt());
			assertThat(this.orders.opensBesideAnother()).isEqualTo(beside);
			healStore(Stream.of(holder));
			completeReplicas();
		}
	}

	@Test
	void allReplicasWaitWhileTheStoreIsFrozen() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			int beside = this.orders.opensBesideAnother();
			Link link = ReplicaSet.awaitHolder(this.orders);
			freezeStore(this.replicas.all().stream());
			awaitEnd(link);
			assertThat(this.orders.openCount()).isZero();
			long since = System.nanoTime();
			healStore(this.replicas.all().stream());
			assertTakeover("frozen store back to open", since, awaitSuccessor(link));
			assertThat(this.orders.opensBesideAnother()).isEqualTo(beside);
			completeReplicas();
		}
	}

	@Test
	void allReplicasWaitWhileTheStoreIsStopped() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			int beside = this.orders.opensBesideAnother();
			Link link = ReplicaSet.awaitHolder(this.orders);
			this.store.stop();
			awaitEnd(link);
			assertThat(this.orders.openCount()).isZero();
			this.store.start();
			assertTakeover("stopped store back to open", System.nanoTime(), awaitSuccessor(link));
			assertThat(this.orders.opensBesideAnother()).isEqualTo(beside);
			completeReplicas();
		}
	}

	@Test
	void aConnectionMovesFromAReplicaThatTheServerRefuses() throws Exception {
		for (int i = 0; i < ROUNDS; i++) {
			Link link = ReplicaSet.awaitHolder(this.orders);
			this.orders.refuse(link.replica());
			link.connection().drop();
			Link successor = awaitSuccessor(link);
			this.figures.add("refused to open elsewhere", successor.openedAt() - link.endedAt());
			assertThat(successor.replica()).isNotEqualTo(link.replica());
			this.orders.acceptAll();
			completeReplicas();
		}
	}

	private static void freezeStore(Stream<Member> members) {
		members.forEach((member) -> {
			member.proxy().apply(Fault.STOP_READING, Stage.OPEN);
			member.proxy().apply(Fault.STOP_READING, Stage.CONNECT);
		});
	}

	private static void healStore(Stream<Member> members) {
		members.forEach((member) -> member.proxy().heal());
	}

}
