package io.github.heartbeat.replicas;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.replicas.AccountServer.Account;
import io.github.heartbeat.replicas.AccountServer.Link;
import io.github.heartbeat.testing.ChildJvm;
import io.github.heartbeat.testing.FaultProxy;
import org.awaitility.Awaitility;

/**
 * Three replicas in processes of their own. Each has a proxy to the store.
 */
final class ReplicaSet implements AutoCloseable {

	static final Duration LONG = Duration.ofSeconds(30);

	private static final int SIZE = 3;

	private final Map<String, Member> members = new LinkedHashMap<>();

	private final Path directory;

	private final Store store;

	private final AccountServer server;

	private final List<String> options;

	private int started;

	/**
	 * Return the option that defines a client.
	 */
	static String client(String account) {
		return "--heartbeat.clients." + account + ".url=${accounts}/" + account + "?replica=${replica}";
	}

	/**
	 * Create the set without starting its replicas.
	 * @param directory the directory for their output
	 * @param options the options of their applications
	 */
	ReplicaSet(Path directory, Store store, AccountServer server, String profile, List<String> options) {
		this.directory = directory;
		this.store = store;
		this.server = server;
		this.options = new ArrayList<>(options);
		this.options.add("--spring.profiles.active=" + profile);
		this.options.add("--spring.main.banner-mode=off");
		this.options.add("--logging.level.root=warn");
	}

	/**
	 * Start replicas until there are three, and wait until they run.
	 */
	void complete() throws IOException {
		List<Member> added = new ArrayList<>();
		while (this.members.size() < SIZE) {
			added.add(start());
		}
		added.forEach(Member::awaitReady);
	}

	/**
	 * Start one more replica.
	 * @param launcher the command that starts it, such as one that changes its clock
	 */
	Member start(String... launcher) throws IOException {
		String name = "replica-" + ++this.started;
		FaultProxy proxy = new FaultProxy(this.store.port());
		List<String> arguments = new ArrayList<>(this.options);
		arguments.add("--store.address=" + this.store.address(proxy.port()));
		arguments.add("--accounts=" + this.server.url());
		arguments.add("--replica=" + name);
		ChildJvm jvm = new ChildJvm(this.directory.resolve(name), List.of(launcher),
				List.of("-Xmx128m", "-XX:+UseSerialGC", "-Xshare:auto", "-Dcom.zaxxer.hikari.aliveBypassWindowMs=0"),
				Replica.class, arguments.toArray(String[]::new));
		Member member = new Member(name, jvm, proxy);
		this.members.put(name, member);
		return member;
	}

	Member get(Link link) {
		return this.members.get(link.replica());
	}

	Collection<Member> all() {
		return this.members.values();
	}

	/**
	 * Remove a replica that ends or has ended.
	 */
	void remove(Member member) throws IOException {
		this.members.remove(member.name);
		Awaitility.await().atMost(LONG).until(() -> !member.jvm.isAlive());
		member.proxy.close();
	}

	/**
	 * Wait until an account has one connection, whose replica speaks.
	 */
	static Link awaitHolder(Account account) {
		return Awaitility.await()
			.pollInSameThread()
			.atMost(LONG)
			.pollInterval(Duration.ofMillis(5))
			.until(account::holder, (link) -> link != null);
	}

	/**
	 * Wait until a later connection of an account than the given one has spoken.
	 */
	static Link awaitSuccessor(Account account, Link link) {
		return Awaitility.await()
			.pollInSameThread()
			.atMost(LONG)
			.pollInterval(Duration.ofMillis(5))
			.until(() -> account.successor(link), (successor) -> successor != null);
	}

	@Override
	public void close() throws IOException {
		for (Member member : this.members.values()) {
			member.jvm.close();
			member.proxy.close();
		}
	}

	/**
	 * One replica.
	 *
	 * @param proxy its network to the store
	 */
	record Member(String name, ChildJvm jvm, FaultProxy proxy) {

		void awaitReady() {
			this.jvm.await("READY", LONG);
		}

		/**
		 * Return the number of clients that lead, by their meters.
		 */
		int countLeases() throws IOException {
			return Integer.parseInt(ask()[2]);
		}

		/**
		 * Wait until calls of the store succeed. A driver can reconnect late.
		 */
		void awaitStore() {
			Awaitility.await().atMost(LONG).until(() -> Boolean.parseBoolean(ask()[3]));
		}

		/**
		 * Wait until the store has answered a call for each client.
		 */
		void awaitCalls() {
			Awaitility.await().atMost(LONG).until(() -> Boolean.parseBoolean(ask()[4]));
		}

		private String[] ask() throws IOException {
			String question = String.valueOf(System.nanoTime());
			this.jvm.send(question);
			return this.jvm.await("LEADS " + question + " ", LONG).split(" ");
		}

	}

}
