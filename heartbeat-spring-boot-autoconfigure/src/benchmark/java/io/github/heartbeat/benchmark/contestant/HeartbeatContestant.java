package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatSession;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.internal.client.TestClients;

import org.springframework.web.socket.WebSocketMessage;

/**
 * This library, either as the engine alone or within an application.
 */
final class HeartbeatContestant implements Contestant {

	/** The message of the subscription of a client that has everything. */
	static final String SUBSCRIPTION = "subscription";

	private static final String LOGIN = "login";

	/** The starter sets the level of this logger in an application, see docs/troubleshooting.md. */
	private static final Logger TOMCAT_CLIENT = Logger
		.getLogger("org.apache.tomcat.websocket.WsRemoteEndpointImplClient");

	private static final long CONNECT_SECONDS = 30;

	private final Target target;

	private final HeartbeatClients clients;

	private final Runnable shutdown;

	private final Audience audience;

	private final AtomicInteger number = new AtomicInteger();

	private boolean compression;

	private boolean everything;

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
		return create(target, container, virtualThreads, TestClients.noLeases());
	}

	/**
	 * Clients that need a lease, log in, subscribe and compress.
	 */
	static HeartbeatContestant everything(Target target, HeartbeatContainer container) {
		MemoryLeases leases = new MemoryLeases();
		HeartbeatContestant contestant = create(target, container, false,
				new LeaseOptions(() -> leases, "benchmark", Duration.ofMillis(50), Integer.MAX_VALUE)).compressed();
		contestant.everything = true;
		return contestant;
	}

	private static HeartbeatContestant create(Target target, HeartbeatContainer container, boolean virtualThreads,
			LeaseOptions leases) {
		TOMCAT_CLIENT.setLevel(Level.SEVERE);
		DefaultHeartbeatClients clients = new DefaultHeartbeatClients(container, 64, HeartbeatClientSettings::builder,
				TestClients.extensions(leases), virtualThreads, false);
		clients.start();
		return new HeartbeatContestant(target, clients, clients::destroy, Audience.LISTENER);
	}

	HeartbeatContestant compressed() {
		this.compression = true;
		return this;
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
		if (this.everything) {
			client.subscribe(SUBSCRIPTION, SUBSCRIPTION, null);
		}
		if (!open.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
			throw new IllegalStateException("No connection: " + client.getSnapshot());
		}
		return new HeartbeatConnection(client, () -> this.clients.remove(client.getName()));
	}

	private HeartbeatClientSettings.Builder settings() {
		HeartbeatClientSettings.Builder settings = HeartbeatClientSettings.builder(this.target.uri().toString())
			.pingTimeout(this.target.timeoutOrNever())
			.compressionEnabled(this.compression);
		if (this.everything) {
			settings.leaderEnabled(true).sessionInitializer(new Login());
		}
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
	 * The server echoes the login.
	 */
	private static final class Login implements HeartbeatSessionInitializer {

		@Override
		public void initialize(HeartbeatSession session) {
			session.send(LOGIN);
		}

		@Override
		public boolean onMessage(HeartbeatSession session, WebSocketMessage<?> message) {
			boolean answer = LOGIN.equals(message.getPayload());
			if (answer) {
				session.ready();
			}
			return answer;
		}

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
