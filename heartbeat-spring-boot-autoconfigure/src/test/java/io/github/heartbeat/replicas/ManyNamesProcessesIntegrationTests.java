package io.github.heartbeat.replicas;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.github.heartbeat.replicas.AccountServer.Account;
import io.github.heartbeat.replicas.AccountServer.Link;
import io.github.heartbeat.replicas.ReplicaSet.Member;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests three replicas with 100 led clients each.
 */
@Timeout(300)
class ManyNamesProcessesIntegrationTests {

	private static final int NAMES = 100;

	private final Figures figures = new Figures();

	@TempDir
	private Path directory;

	@Test
	void eachNameIsConnectedOnceAndTheReplicasShareTheNamesAfterARollingUpdate() throws Exception {
		try (Store store = new Store.Postgres();
				AccountServer server = new AccountServer();
				ReplicaSet replicas = new ReplicaSet(this.directory, store, server, "postgres", options())) {
			List<Account> accounts = IntStream.range(0, NAMES).mapToObj((i) -> server.account("name" + i)).toList();
			replicas.complete();
			awaitAll(accounts);
			assertThatEachNameHasOneLeader(replicas);
			Member killed = replicas.all().iterator().next();
			List<Link> links = links(accounts, killed);
			killed.jvm().signal("KILL");
			long since = System.nanoTime();
			replicas.remove(killed);
			awaitSuccessors(accounts, links, "kill -9 of one of three with " + links.size() + " names", since);
			replicas.complete();
			assertThatEachNameHasOneLeader(replicas);
			// A rolling update ends an old replica when the new one is ready, not while
			// it starts.
			for (Member member : List.copyOf(replicas.all())) {
				Member started = replicas.start();
				started.awaitReady();
				started.awaitCalls();
				List<Link> ending = links(accounts, member);
				member.jvm().signal("TERM");
				replicas.remove(member);
				awaitSuccessors(accounts, ending, "rolling update, without a connection", 0);
			}
			awaitAll(accounts);
			assertThatEachNameHasOneLeader(replicas);
			for (Member member : replicas.all()) {
				System.out.println("after a rolling update: " + member.name() + " " + links(accounts, member).size());
			}
			assertThat(replicas.all())
				.allSatisfy((member) -> assertThat(links(accounts, member)).as(member.name()).hasSizeBetween(25, 42));
			assertThat(accounts).allMatch((account) -> account.opensBesideAnother() == 0 && account.lateWords() == 0);
			this.figures.print("100 names");
		}
	}

	private static List<String> options() {
		List<String> options = new ArrayList<>(List.of("--word-millis=200", "--heartbeat.defaults.leader.enabled=true",
				"--heartbeat.defaults.leader.lease=6s"));
		IntStream.range(0, NAMES).forEach((i) -> options.add(ReplicaSet.client("name" + i)));
		return options;
	}

	private static void awaitAll(List<Account> accounts) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> accounts.stream().allMatch((account) -> account.holder() != null));
	}

	private static List<Link> links(List<Account> accounts, Member member) {
		return accounts.stream()
			.map(Account::holder)
			.filter((link) -> link != null && link.replica().equals(member.name()))
			.toList();
	}

	/**
	 * Wait until each name of a replica is connected elsewhere.
	 * @param since the time from which to measure, or 0 for the end of each connection
	 */
	private void awaitSuccessors(List<Account> accounts, List<Link> links, String scenario, long since) {
		awaitAll(accounts);
		for (Link link : links) {
			Link successor = accounts.stream()
				.map((account) -> account.holder())
				.filter((holder) -> holder.account().equals(link.account()))
				.findFirst()
				.orElseThrow();
			assertThat(successor).isNotSameAs(link);
			this.figures.add(scenario, successor.openedAt() - ((since != 0) ? since : link.endedAt()));
		}
	}

	/**
	 * The sum of the leases over all replicas is the number of names.
	 */
	private static void assertThatEachNameHasOneLeader(ReplicaSet replicas) throws Exception {
		int leases = 0;
		for (Member member : replicas.all()) {
			leases += member.countLeases();
		}
		assertThat(leases).isEqualTo(NAMES);
	}

}
