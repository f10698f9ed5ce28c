package io.github.heartbeat.benchmark.contestant;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.internal.client.ClientExtensions;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;

/**
 * This library, either as the engine alone or within an application.
 */
final class HeartbeatContestant implements Contestant {

	private static final long CONNECT_SECONDS = 30;

	private final Target target;

	private final HeartbeatClients clients;

	private final Runnable shutdown;

	private final Audience audience;

	private final AtomicInteger number = new AtomicInteger();

	/**
	 * Create a contestant.
	 * @param clients creates the clients
	 * @param shutdown shuts the clients down
	 * @param audience receives the messages
	 */
	HeartbeatContestant(Target target, HeartbeatClients clients, Runnable shutdown, Audience audience) {
		this.target = target;
		this.clients = clients;
		this.shutdown = shutdown;
		this.audience = audience;
	}

	static HeartbeatContestant engine(Target target, HeartbeatContainer container, boolean virtualThreads) {
		DefaultHeartbeatClients clients = new DefaultHeartbeatClients(container, 64, HeartbeatClientSettings.builder(),
				noExtensions(), virtualThreads, false);
		clients.start();
		return new HeartbeatContestant(target, clients, clients::destroy, Audience.LISTENER);
	}

	private static ClientExtensions noExtensions() {
		return new ClientExtensions(List::of, List::of, List::of, List::of, List::of, List::of, List::of,
				(bundle, reloads) -> {
					throw new IllegalStateException("No bundle '" + bundle + "'");
				});
	}

	@Override
	public Connection connect(Receiver receiver) throws Exception {
		CountDownLatch open = new CountDownLatch(1);
		this.audience.expect(receiver, open::countDown);
		HeartbeatClientSettings.Builder settings = settings();
		if (this.audience == Audience.LISTENER) {
			settings.listener(new ReceiverListener(receiver, open::countDown));
		}
		HeartbeatClient client = this.clients.create("benchmark-" + this.number.incrementAndGet(), settings.build());
		if (!open.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("No connection: " + client.getSnapshot());
		}
		return new HeartbeatConnection(client, () -> this.clients.remove(client.getName()));
	}

	private HeartbeatClientSettings.Builder settings() {
		HeartbeatClientSettings.Builder settings = HeartbeatClientSettings.builder(this.target.uri().toString())
			.pingTimeout(this.target.timeoutOrNever());
		if (this.target.timeout() != null) {
			settings.pongTimeout(this.target.timeout());
		}
		if (this.target.reconnect() != null) {
			settings.reconnectTimeout(this.target.reconnect()).reconnectJitter(0);
		}
		if (this.target.tls() != null) {
			settings.sslContext(this.target.tls());
		}
		return settings;
	}

	@Override
	public void close() {
		this.shutdown.run();
	}

	/**
	 * Receives the messages of the next connection.
	 */
	@FunctionalInterface
	interface Audience {

		/** Registers a listener in the settings of the client, which is the cheapest way. */
		Audience LISTENER = (receiver, opened) -> {
		};

		/**
		 * Prepare for a connection.
		 * @param receiver receives the events of the connection
		 * @param opened runs when the connection is open
		 */
		void expect(Receiver receiver, Runnable opened);

	}

}
