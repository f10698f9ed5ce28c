package io.github.heartbeat.internal.client;

import java.util.concurrent.CountDownLatch;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.HookLog;

import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Connects without compression, then with compression, and prints what happens.
 */
final class CompressionBomb {

	private CompressionBomb() {
	}

	/**
	 * Run the program.
	 * @param arguments the container and the URL of the server
	 */
	public static void main(String[] arguments) throws InterruptedException {
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.valueOf(arguments[0]));
		clients.start();
		CountDownLatch echoed = new CountDownLatch(1);
		HeartbeatClient plain = clients.create("plain",
				HeartbeatClientSettings.builder(arguments[1]).listener(new HeartbeatListener() {

					@Override
					public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
						client.send("hello");
					}

					@Override
					public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
						echoed.countDown();
					}

				}).build());
		echoed.await();
		plain.close();
		System.out.println("PLAIN");
		HookLog log = new HookLog();
		clients.create("compressed",
				HeartbeatClientSettings.builder(arguments[1]).compressionEnabled(true).listener(log).build());
		log.await("RECONNECT");
		System.out.println("HOOKS " + log.lines());
		clients.destroy();
	}

}
