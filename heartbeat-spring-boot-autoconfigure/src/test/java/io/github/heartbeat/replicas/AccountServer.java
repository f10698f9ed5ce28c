package io.github.heartbeat.replicas;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.github.heartbeat.testing.TestServer.Connection;

/**
 * A server with accounts, each of which should have one connection. It records who
 * connects to an account and who speaks. The path of the URL is the account, its query
 * the replica.
 */
final class AccountServer implements AutoCloseable {

	private static final Pattern REQUEST = Pattern.compile("GET /([^?]*)\\?replica=(\\S+) .*");

	private final Map<String, Account> accounts = new ConcurrentHashMap<>();

	private final TestServer server;

	AccountServer() throws IOException {
		this.server = new TestServer(this::serve);
	}

	/**
	 * Return the URL without path.
	 */
	String url() {
		return "ws://localhost:" + this.server.port();
	}

	Account account(String name) {
		return this.accounts.computeIfAbsent(name, (key) -> new Account(key));
	}

	private void serve(Connection connection) throws IOException, InterruptedException {
		connection.readRequest();
		Matcher request = REQUEST.matcher(connection.requestLine());
		if (!request.matches()) {
			throw new IllegalStateException(connection.requestLine());
		}
		Account account = account(request.group(1));
		String replica = request.group(2);
		if (account.refused.contains(replica)) {
			connection.write("HTTP/1.1 503 Refused\r\nContent-Length: 0\r\n\r\n".getBytes());
			connection.drop();
			return;
		}
		Link link = account.open(replica, connection);
		try {
			connection.write(connection.acceptance());
			while (true) {
				String text = connection.readText();
				account.spoke(link);
				if (text.equals("heartbeat")) {
					connection.text(text);
				}
			}
		}
		finally {
			account.ended(link);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

	/**
	 * One account.
	 */
	static final class Account {

		private final String name;

		private final Set<String> refused = ConcurrentHashMap.newKeySet();

		private final List<Link> links = new ArrayList<>();

		private boolean kicking;

		private int kicks;

		private int opensBesideAnother;

		private int lateWords;

		private Account(String name) {
			this.name = name;
		}

		/**
		 * Answer the upgrade requests of a replica with 503.
		 */
		void refuse(String replica) {
			this.refused.add(replica);
		}

		void acceptAll() {
			this.refused.clear();
		}

		/**
		 * Close older connections when a new one opens, from now on.
		 */
		synchronized void kick() {
			this.kicking = true;
		}

		private synchronized Link open(String replica, Connection connection) throws IOException {
			Link link = new Link(this.name, replica, connection, System.nanoTime());
			for (Link older : openLinks()) {
				this.opensBesideAnother++;
				if (this.kicking) {
					this.kicks++;
					older.connection.alongside(close());
				}
			}
			this.links.add(link);
			return link;
		}

		private static Behaviour close() {
			return (connection) -> {
				connection.close(4409);
				connection.drop();
			};
		}

		private synchronized void spoke(Link link) {
			int at = this.links.indexOf(link);
			if (this.links.subList(at + 1, this.links.size()).stream().anyMatch((later) -> later.words > 0)) {
				this.lateWords++;
			}
			link.words++;
		}

		private synchronized void ended(Link link) {
			link.endedAt = System.nanoTime();
		}

		private List<Link> openLinks() {
			return this.links.stream().filter((link) -> link.endedAt == 0).toList();
		}

		/**
		 * Return the only open connection, or {@code null} if none or several are open.
		 */
		synchronized Link holder() {
			List<Link> open = openLinks();
			return (open.size() == 1 && open.get(0).words > 0) ? open.get(0) : null;
		}

		synchronized int openCount() {
			return openLinks().size();
		}

		/**
		 * Return the first connection after another one that has spoken, or {@code null}.
		 */
		synchronized Link successor(Link link) {
			return this.links.subList(this.links.indexOf(link) + 1, this.links.size())
				.stream()
				.filter((later) -> later.words > 0)
				.findFirst()
				.orElse(null);
		}

		/**
		 * Return how many connections have opened while another one was open.
		 */
		synchronized int opensBesideAnother() {
			return this.opensBesideAnother;
		}

		/**
		 * Return how many messages came from a connection after a later one had sent one.
		 */
		synchronized int lateWords() {
			return this.lateWords;
		}

		synchronized int kicks() {
			return this.kicks;
		}

	}

	/**
	 * A connection of a replica. Times are those of {@link System#nanoTime()}.
	 */
	static final class Link {

		private final String account;

		private final String replica;

		private final Connection connection;

		private final long openedAt;

		private volatile long endedAt;

		private volatile int words;

		private Link(String account, String replica, Connection connection, long openedAt) {
			this.account = account;
			this.replica = replica;
			this.connection = connection;
			this.openedAt = openedAt;
		}

		String account() {
			return this.account;
		}

		String replica() {
			return this.replica;
		}

		Connection connection() {
			return this.connection;
		}

		long openedAt() {
			return this.openedAt;
		}

		/**
		 * Return the time of the end, or 0.
		 */
		long endedAt() {
			return this.endedAt;
		}

		int words() {
			return this.words;
		}

		boolean hasEnded() {
			return this.endedAt != 0;
		}

		@Override
		public String toString() {
			return this.replica + " (" + this.words + " words" + (hasEnded() ? ", ended)" : ")");
		}

	}

}
