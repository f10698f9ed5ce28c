package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.testing.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that connections are replaced without the loss of a message.
 */
class RenewalIntegrationTests extends EachContainer {

	private static final int THREADS = 4;

	private static final int RENEWALS = 200;

	private final List<TestServer.Connection> connections = new CopyOnWriteArrayList<>();

	/** The next number that is expected from each thread. */
	private final ConcurrentMap<String, Integer> next = new ConcurrentHashMap<>();

	private final List<String> unexpected = new CopyOnWriteArrayList<>();

	@Test
	void noMessageIsLostOrReordered() throws Exception {
		server().behave(this::receive);
		HeartbeatClient client = open(
				settings().maxConnectionAge(Duration.ofMillis(20)).pingTimeout(Duration.ofSeconds(30)));
		AtomicBoolean stopped = new AtomicBoolean();
		List<CompletableFuture<Integer>> senders = IntStream.range(0, THREADS)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> send(client, i, stopped)))
			.toList();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.connections.size() > RENEWALS);
		stopped.set(true);
		for (int i = 0; i < THREADS; i++) {
			int sent = senders.get(i).join();
			String thread = String.valueOf(i);
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> this.next.get(thread) == sent);
		}
		assertThat(this.unexpected).isEmpty();
		assertThat(log().lines()).noneMatch((line) -> line.startsWith("ERROR"));
	}

	/**
	 * Send numbers in batches of 100. The pause after a batch leaves the processor to the
	 * renewals.
	 */
	private static int send(HeartbeatClient client, int thread, AtomicBoolean stopped) {
		int sent = 0;
		while (!stopped.get()) {
			CompletableFuture<Void> future = client.send(thread + " " + sent++);
			if (sent % 100 == 0) {
				future.join();
				LockSupport.parkNanos(5_000_000);
			}
		}
		client.send(thread + " " + sent++).join();
		return sent;
	}

	private void receive(TestServer.Connection connection) throws IOException {
		connection.upgrade();
		if (!this.connections.stream().allMatch(TestServer.Connection::hasAnsweredClose)) {
			this.unexpected.add("a second connection");
		}
		this.connections.add(connection);
		while (true) {
			String text = connection.readText();
			String[] parts = text.split(" ");
			int expected = this.next.getOrDefault(parts[0], 0);
			if (expected != Integer.parseInt(parts[1])) {
				this.unexpected.add(text + " instead of " + expected);
			}
			this.next.put(parts[0], Integer.parseInt(parts[1]) + 1);
		}
	}

}
