package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests subscriptions on real sockets.
 */
class SubscriptionIntegrationTests extends EachContainer {

	private static final int THREADS = 8;

	private static final int RECONNECTS = Integer.getInteger("heartbeat.test.reconnects", 250);

	private final Map<Integer, Set<String>> subscribed = new ConcurrentHashMap<>();

	private final List<String> violations = new ArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	/**
	 * The server ends each connection after a short time and records duplicate
	 * subscriptions and unsubscriptions without a subscription.
	 */
	@Test
	@Timeout(180)
	void theSubscriptionsOfTheServerAreThoseOfTheClientAfterEachReconnect() throws Exception {
		server().behave(this::serve);
		HeartbeatClient client = open(settings().reconnectTimeout(Duration.ofMillis(1)));
		AtomicBoolean stop = new AtomicBoolean();
		List<Thread> threads = new ArrayList<>();
		Map<String, HeartbeatSubscription> active = new ConcurrentHashMap<>();
		for (int i = 0; i < THREADS; i++) {
			int number = i;
			Thread thread = new Thread(() -> subscribeAndClose(client, number, active, stop));
			thread.start();
			threads.add(thread);
		}
		Thread checks = new Thread(() -> checkWithoutPause((DefaultHeartbeatClient) client, stop));
		checks.start();
		threads.add(checks);
		for (int i = 0; i < RECONNECTS; i++) {
			client.reconnect();
			until(client::isOpen);
		}
		stop.set(true);
		for (Thread thread : threads) {
			thread.join();
		}
		client.reconnect();
		until(client::isOpen);
		await(Duration.ofSeconds(20), Duration.ofMillis(10), () -> currentSet().equals(new TreeSet<>(active.keySet())));
		assertThat(client.getSnapshot().subscriptions()).isEqualTo(active.size());
		synchronized (this.violations) {
			assertThat(this.violations).isEmpty();
		}
	}

	/**
	 * A check must not drop a message that is queued while it runs.
	 */
	private void checkWithoutPause(DefaultHeartbeatClient client, AtomicBoolean stop) {
		while (!stop.get()) {
			client.machine().check();
		}
	}

	private Set<String> currentSet() {
		Set<String> current = this.subscribed.get(this.connections.get());
		return (current != null) ? new TreeSet<>(current) : Set.of();
	}

	private void subscribeAndClose(HeartbeatClient client, int thread, Map<String, HeartbeatSubscription> active,
			AtomicBoolean stop) {
		Random random = new Random(thread);
		while (!stop.get()) {
			String key = thread + "-" + random.nextInt(5);
			HeartbeatSubscription subscription = active.get(key);
			if (subscription != null) {
				active.remove(key);
				subscription.close();
			}
			else {
				active.put(key, client.subscribe(key, "+" + key, "-" + key));
			}
			LockSupport.parkNanos(random.nextInt(2_000_000));
		}
	}

	private void serve(Connection connection) throws IOException {
		connection.upgrade();
		int number = this.connections.incrementAndGet();
		Set<String> keys = ConcurrentHashMap.newKeySet();
		this.subscribed.put(number, keys);
		while (true) {
			String text = connection.readText();
			boolean subscribe = text.startsWith("+");
			if (subscribe ? !keys.add(text.substring(1)) : !keys.remove(text.substring(1))) {
				synchronized (this.violations) {
					this.violations.add("connection " + number + ": " + text);
				}
			}
		}
	}

}
