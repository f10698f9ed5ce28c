package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.HookLog;

/**
 * A program that connects once and prints the result. Its JVM uses a file with the
 * addresses of its hosts.
 */
final class SeveralAddresses {

	private SeveralAddresses() {
	}

	public static void main(String[] args) {
		HookLog log = new HookLog();
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.valueOf(args[0]));
		clients.start();
		clients.create("test",
				HeartbeatClientSettings.builder(args[1])
					.connectTimeout(Duration.ofSeconds(10))
					.repeatLimit(0)
					.listener(log)
					.build());
		System.out.println("OUTCOME " + List.of(log.await("").line()));
		System.exit(0);
	}

}
