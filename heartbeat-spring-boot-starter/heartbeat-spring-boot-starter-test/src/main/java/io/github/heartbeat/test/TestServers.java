package io.github.heartbeat.test;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;

/**
 * The servers of the application contexts, to find the one of a client.
 */
final class TestServers {

	private static final Set<HeartbeatTestServer> SERVERS = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private TestServers() {
	}

	static void add(HeartbeatTestServer server) {
		SERVERS.add(server);
	}

	static void remove(HeartbeatTestServer server) {
		SERVERS.remove(server);
	}

	/**
	 * Return the server of a client.
	 * @throws IllegalArgumentException if the client is not connected to a server
	 */
	static HeartbeatTestServer of(HeartbeatClient client) {
		List<HeartbeatTestServer> servers;
		synchronized (SERVERS) {
			servers = List.copyOf(SERVERS);
		}
		return servers.stream()
			.filter((server) -> isOf(server, client))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("Client '" + client.getName()
					+ "' does not belong to a HeartbeatTestServer. Annotate the test class with "
					+ "@AutoConfigureHeartbeatServer, and pass a client that exists, not a removed one, a mock or a spy."));
	}

	private static boolean isOf(HeartbeatTestServer server, HeartbeatClient client) {
		HeartbeatClients clients = server.applicationClients();
		return clients != null && clients.get(client.getName()) == client;
	}

}
