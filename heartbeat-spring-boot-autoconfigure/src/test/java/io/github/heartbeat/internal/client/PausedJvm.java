package io.github.heartbeat.internal.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import org.awaitility.Awaitility;

import org.springframework.web.socket.CloseStatus;

/**
 * A program that the test pauses. It prints each connection that ends.
 */
final class PausedJvm {

	private static final int CLIENTS = 200;

	private PausedJvm() {
	}

	/**
	 * Run the program.
	 * @param args the container, the URL of the server, and the ping and pong timeout in
	 * milliseconds
	 */
	public static void main(String[] args) throws Exception {
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.valueOf(args[0]), 64);
		clients.start();
		List<HeartbeatClient> all = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			all.add(clients.create("c" + i, settings(args[1], Duration.ofMillis(Long.parseLong(args[2])))));
		}
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> all.stream().allMatch(HeartbeatClient::isOpen));
		System.out.println("READY");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
		commands.readLine();
		System.out.println("OPEN " + all.stream().filter(HeartbeatClient::isOpen).count());
		commands.readLine();
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> all.stream().noneMatch((client) -> client.getSnapshot().lastClose() == null));
		System.out.println("NOTICED");
		Runtime.getRuntime().halt(0);
	}

	private static HeartbeatClientSettings settings(String url, Duration timeout) {
		return HeartbeatClientSettings.builder(url)
			.pingTimeout(timeout)
			.pongTimeout(timeout)
			.listener(new HeartbeatListener() {
				@Override
				public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
					System.out.println("CLOSE " + client.getName() + " " + status.getCode() + " " + initiator);
				}
			})
			.build();
	}

}
