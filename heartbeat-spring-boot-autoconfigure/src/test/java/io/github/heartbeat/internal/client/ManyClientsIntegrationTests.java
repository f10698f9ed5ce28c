package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.testing.OurThreads;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests many clients of one dead endpoint and their effect on other clients.
 */
class ManyClientsIntegrationTests extends EachContainer {

	private static final int DEAD = 1000;

	/**
	 * The endpoint accepts no connection. Its backlog is full, and further connects are
	 * never answered.
	 */
	@Test
	void aHealthyClientConnectsAsIfAloneBesideAThousandOfADeadEndpoint() throws Exception {
		try (ServerSocket dead = new ServerSocket()) {
			dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
			List<Socket> backlog = fill(dead);
			List<HeartbeatClient> clients = new ArrayList<>();
			for (int i = 0; i < DEAD; i++) {
				clients.add(clients().create("dead-" + i,
						HeartbeatClientSettings.builder("ws://localhost:" + dead.getLocalPort() + "/")
							.connectTimeout(Duration.ofSeconds(2))
							.reconnectTimeout(Duration.ofMillis(100))
							.build()));
			}
			long start = System.nanoTime();
			HeartbeatClient healthy = clients().create("healthy", settings().build());
			until(healthy::isOpen);
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(2000);
			healthy.send("hello").join();
			log().await("MESSAGE hello");
			assertThat(log().lines().stream().filter((line) -> !line.startsWith("ERROR"))).contains("OPEN",
					"MESSAGE hello");
			assertThat(connectThreads())
				.as("8 for one endpoint, 1 for the other, and 1 that has verified the container")
				.isLessThanOrEqualTo(8 + 1 + 1);
			assertThat(clients).noneMatch(HeartbeatClient::isOpen);
			log().await("ERROR CONNECT_TIMEOUT", 16);
			long errors = log().count("ERROR CONNECT_TIMEOUT");
			assertThat(clients.stream().filter((client) -> client.getRepeat() > 1).count())
				.as("a client that has had its turn waits for all others to have theirs, %s errors", errors)
				.isZero();
			assertThat(clients.get(DEAD - 1).getState()).isEqualTo(HeartbeatClientState.CONNECTING);
			for (Socket socket : backlog) {
				socket.close();
			}
		}
	}

	private static long connectThreads() {
		return OurThreads.alive().stream().filter((name) -> name.startsWith("heartbeat-connect-")).count();
	}

	/**
	 * Connect until the operating system no longer answers.
	 */
	private static List<Socket> fill(ServerSocket server) throws IOException {
		List<Socket> sockets = new ArrayList<>();
		while (true) {
			Socket socket = new Socket();
			sockets.add(socket);
			try {
				socket.connect(server.getLocalSocketAddress(), 300);
			}
			catch (IOException ex) {
				return sockets;
			}
		}
	}

}
