package io.github.heartbeat.internal.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import org.awaitility.Awaitility;

/**
 * A program that temporarily has no thread left. It prints whether its clients work
 * afterwards.
 */
final class ThreadShortage {

	private static final int CLIENTS = 50;

	private ThreadShortage() {
	}

	/**
	 * Run the program.
	 * @param args the container, the URL of the server, and the number of seconds without
	 * threads
	 */
	public static void main(String[] args) throws Exception {
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.valueOf(args[0]), 64);
		clients.start();
		List<HeartbeatClient> all = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			all.add(clients.create("c" + i,
					HeartbeatClientSettings.builder(args[1])
						.pingTimeout(Duration.ofMillis(500))
						.pongTimeout(Duration.ofMillis(500))
						.reconnectTimeout(Duration.ofMillis(200))
						.connectTimeout(Duration.ofSeconds(2))
						.build()));
		}
		awaitWorking(all);
		System.out.println("READY");
		CountDownLatch over = new CountDownLatch(1);
		System.out.println("TAKEN " + takeThreads(over));
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(Integer.parseInt(args[2]))) {
			takeThreads(over);
			LockSupport.parkNanos(1_000_000);
		}
		over.countDown();
		System.out.println("RELEASED");
		commands.readLine();
		awaitWorking(all);
		System.out.println("WORK");
		commands.readLine();
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Start threads until none can be started.
	 */
	private static int takeThreads(CountDownLatch over) {
		int taken = 0;
		try {
			while (true) {
				Thread thread = new Thread(() -> awaitUninterruptibly(over));
				thread.setDaemon(true);
				thread.start();
				taken++;
			}
		}
		catch (OutOfMemoryError ex) {
			return taken;
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Wait until each client is open and can send. The wait itself starts no thread,
	 * because the threads that were taken may not have ended yet.
	 */
	private static void awaitWorking(List<HeartbeatClient> clients) {
		for (HeartbeatClient client : clients) {
			Awaitility.await(client.getName()).pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> {
				CompletableFuture<Void> send = client.send("text").orTimeout(1, TimeUnit.SECONDS);
				return send.handle((sent, failure) -> failure == null).join();
			});
		}
	}

}
