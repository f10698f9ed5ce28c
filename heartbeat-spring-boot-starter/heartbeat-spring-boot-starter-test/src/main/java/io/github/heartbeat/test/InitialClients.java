package io.github.heartbeat.test;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.internal.client.ApplicationClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a context before its first test, with their subscriptions and whether
 * they were opened.
 */
final class InitialClients {

	private static final Log logger = LogFactory.getLog(InitialClients.class);

	private static final Duration MAX_STOP = Duration.ofMinutes(1);

	private final HeartbeatTestServer server;

	private final Map<HeartbeatClient, Initial> clients = new LinkedHashMap<>();

	InitialClients(HeartbeatTestServer server) {
		this.server = server;
		ApplicationClients all = all();
		if (all != null) {
			all.getAll().values().stream().filter(InitialClients::isOpened).forEach(this::awaitConnection);
			all.getAll()
				.values()
				.forEach(
						(client) -> this.clients.put(client, new Initial(isOpened(client), all.subscriptions(client))));
		}
	}

	/**
	 * A client that is opening subscribes soon.
	 */
	private void awaitConnection(HeartbeatClient client) {
		this.server.await(this.server.client(client.getName())::isConnected);
	}

	/**
	 * Return the clients of the application, or {@code null} if it defines its own.
	 */
	private @Nullable ApplicationClients all() {
		return (this.server.applicationClients() instanceof ApplicationClients clients) ? clients : null;
	}

	private static boolean isOpened(HeartbeatClient client) {
		HeartbeatClientState state = client.getState();
		return state != HeartbeatClientState.STOPPED && state != HeartbeatClientState.EXHAUSTED;
	}

	/**
	 * Remove what a test has added, and connect again what was connected. No hook of the
	 * test runs afterwards.
	 */
	void restore() {
		ApplicationClients all = all();
		if (all == null) {
			return;
		}
		this.server.reset();
		for (HeartbeatClient client : all.getAll().values()) {
			Initial initial = this.clients.get(client);
			if (initial == null) {
				all.remove(client.getName());
			}
			else {
				restore(client, initial, all);
			}
		}
		this.clients.keySet()
			.stream()
			.filter((client) -> all.get(client.getName()) != client)
			.forEach((client) -> logger.warn("A test has removed client '" + client.getName()
					+ "', which cannot be restored: annotate it with @DirtiesContext"));
		AtomicBoolean stopped = new AtomicBoolean();
		all.stop(() -> stopped.set(true));
		if (!this.server.advanceUntil(stopped::get, MAX_STOP)) {
			throw new IllegalStateException("The clients of the test have not stopped. A listener that does not return "
					+ "prevents it. Annotate the test with @DirtiesContext");
		}
		this.server.reset();
		all.start();
		this.server.await(() -> this.clients.entrySet()
			.stream()
			.allMatch((entry) -> !entry.getValue().opened()
					|| this.server.client(entry.getKey().getName()).isConnected()));
	}

	private static void restore(HeartbeatClient client, Initial initial, ApplicationClients all) {
		if (!all.subscriptions(client).containsAll(initial.subscriptions())) {
			logger.warn("A test has ended a subscription of client '" + client.getName()
					+ "', which cannot be restored: annotate it with @DirtiesContext");
		}
		all.subscriptions(client)
			.stream()
			.filter((subscription) -> !initial.subscriptions().contains(subscription))
			.forEach(HeartbeatSubscription::close);
		if (!initial.opened()) {
			client.close();
		}
		else if (!isOpened(client)) {
			client.open();
		}
	}

	/**
	 * What a client was like.
	 *
	 * @param opened whether it was neither stopped nor exhausted
	 * @param subscriptions its active subscriptions
	 */
	private record Initial(boolean opened, Set<HeartbeatSubscription> subscriptions) {
	}

}
