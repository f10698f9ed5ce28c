package io.github.heartbeat.replicas;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.heartbeat.replicas.AccountServer.Account;
import io.github.heartbeat.replicas.AccountServer.Link;
import io.github.heartbeat.testing.FaultProxy.Fault;
import io.github.heartbeat.testing.FaultProxy.Stage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests replicas whose clocks show different times. The library of {@code faketime}
 * changes what the operating system tells the process.
 */
@Timeout(120)
class ClockSkewProcessesIntegrationTests {

	private static final Path LIBRARIES = Path.of("/usr/lib",
			System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu", "faketime");

	@TempDir
	private Path directory;

	/**
	 * The repository of Spring Integration uses the clocks of the replicas. The margin is
	 * one second.
	 */
	@Test
	void aClockThatIsAheadByLessThanTheMarginCausesNoSecondConnection() throws Exception {
		try (Store store = new Store.H2();
				AccountServer server = new AccountServer();
				ReplicaSet replicas = replicas(store, server, "h2")) {
			Account account = server.account("orders");
			Link link = connectBeforeClockAhead(replicas, account, "+0.7s");
			replicas.get(link).proxy().apply(Fault.STOP_READING, Stage.OPEN);
			Link successor = ReplicaSet.awaitSuccessor(account, link);
			assertThat(successor.openedAt()).isGreaterThan(link.endedAt());
			assertThat(account.opensBesideAnother()).isZero();
		}
	}

	/**
	 * Shows that the clock of the next test is effective.
	 */
	@Test
	void aClockThatIsFarAheadTakesTheLeaseIfTheClocksOfTheReplicasCount() throws Exception {
		try (Store store = new Store.H2();
				AccountServer server = new AccountServer();
				ReplicaSet replicas = replicas(store, server, "h2")) {
			Account account = server.account("orders");
			Link link = connectBeforeClockAhead(replicas, account, "+8s");
			ReplicaSet.awaitSuccessor(account, link);
		}
	}

	@Test
	void aClockThatIsFarAheadDoesNotTakeTheLeaseIfTheClockOfTheDatabaseCounts() throws Exception {
		try (Store store = new Store.Postgres();
				AccountServer server = new AccountServer();
				ReplicaSet replicas = replicas(store, server, "postgres")) {
			Account account = server.account("orders");
			Link link = connectBeforeClockAhead(replicas, account, "+8s");
			int words = link.words();
			Awaitility.await().atMost(ReplicaSet.LONG).until(() -> link.words() > words + 150);
			assertThat(account.holder()).isSameAs(link);
			long since = System.nanoTime();
			replicas.get(link).jvm().signal("KILL");
			Link successor = ReplicaSet.awaitSuccessor(account, link);
			assertThat(Duration.ofNanos(successor.openedAt() - since)).isLessThan(Duration.ofSeconds(8));
		}
	}

	/**
	 * Start a replica, wait for its connection, and start one whose clock is ahead.
	 */
	private static Link connectBeforeClockAhead(ReplicaSet replicas, Account account, String time) throws IOException {
		replicas.start().awaitReady();
		Link link = ReplicaSet.awaitHolder(account);
		replicas.start(ahead(time)).awaitReady();
		return link;
	}

	private ReplicaSet replicas(Store store, AccountServer server, String profile) {
		return new ReplicaSet(this.directory, store, server, profile,
				List.of("--word-millis=20", ReplicaSet.client("orders"),
						"--heartbeat.clients.orders.leader.enabled=true", "--heartbeat.clients.orders.leader.lease=3s",
						"--heartbeat.clients.orders.leader.margin=1s",
						"--heartbeat.clients.orders.leader.renew-interval=800ms",
						"--heartbeat.clients.orders.leader.poll-interval=100ms"));
	}

	/**
	 * Return the launcher of a process whose time of day is ahead. The monotonic clock is
	 * not changed.
	 */
	private static String[] ahead(String time) {
		Path library = Store.installed("libfaketime.so.1", Stream.of(LIBRARIES));
		return new String[] { "env", "LD_PRELOAD=" + library, "FAKETIME=" + time, "DONT_FAKE_MONOTONIC=1",
				"FAKETIME_FORCE_MONOTONIC_FIX=0" };
	}

}
