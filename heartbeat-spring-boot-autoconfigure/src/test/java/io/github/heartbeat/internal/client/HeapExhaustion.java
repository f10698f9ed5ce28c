package io.github.heartbeat.internal.client;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * A program whose heap is full for some time. It prints whether its clients work
 * afterwards.
 */
final class HeapExhaustion {

	private static final int CLIENTS = 20;

	private static final int LARGEST_BLOCK = 64 * 1024;

	private final Map<String, Boolean> received = new ConcurrentHashMap<>();

	private final Map<String, Boolean> sent = new ConcurrentHashMap<>();

	private final Map<String, Boolean> noticed = new ConcurrentHashMap<>();

	private final List<HeartbeatClient> clients = new ArrayList<>();

	private volatile boolean over;

	private HeapExhaustion() {
	}

	/**
	 * Run the program.
	 * @param args the container, the URL of the server, the number of seconds for which
	 * the heap is full, and the number of seconds that the clients have afterwards
	 */
	public static void main(String[] args) throws Exception {
		new HeapExhaustion().run(HeartbeatContainer.valueOf(args[0]), args[1], Integer.parseInt(args[2]),
				Integer.parseInt(args[3]));
		Runtime.getRuntime().halt(0);
	}

	private void run(HeartbeatContainer container, String url, int fullSeconds, int recoverySeconds) throws Exception {
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
		DefaultHeartbeatClients clients = TestClients.create(container, 64);
		clients.start();
		for (int i = 0; i < CLIENTS; i++) {
			this.clients.add(clients.create("c" + i, settings(url)));
		}
		until("open", 20, HeartbeatClient::isOpen);
		until("messages before", 20, this::exchanges);
		System.out.println("READY");
		Thread sender = new Thread(this::send);
		sender.setDaemon(true);
		sender.start();
		fill(TimeUnit.SECONDS.toNanos(fullSeconds));
		printLine("RELEASED");
		commands.readLine();
		this.over = true;
		this.sent.clear();
		this.received.clear();
		until("messages", recoverySeconds, this::exchanges);
		printLine("WORK");
		this.noticed.clear();
		printLine("FREEZE");
		commands.readLine();
		until("notice", 10, (client) -> this.noticed.containsKey(client.getName()));
		printLine("NOTICED");
	}

	/**
	 * The output of a thread that died may lack its line break. The heap can still be
	 * full for a moment.
	 */
	private static void printLine(String line) {
		boolean printed = false;
		while (!printed) {
			try {
				System.out.println(System.lineSeparator() + line);
				printed = true;
			}
			catch (OutOfMemoryError ex) {
				Thread.onSpinWait();
			}
		}
	}

	private HeartbeatClientSettings settings(String url) {
		return HeartbeatClientSettings.builder(url)
			.pingTimeout(Duration.ofMillis(500))
			.pongTimeout(Duration.ofMillis(500))
			.reconnectTimeout(Duration.ofMillis(200))
			.connectTimeout(Duration.ofSeconds(2))
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					if (message instanceof TextMessage text && text.getPayload().equals("after")) {
						HeapExhaustion.this.received.put(client.getName(), true);
					}
				}

				@Override
				public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
					if (initiator == HeartbeatInitiator.HEARTBEAT) {
						HeapExhaustion.this.noticed.put(client.getName(), true);
					}
				}
			})
			.build();
	}

	/**
	 * Return whether a client has sent a message and received its echo.
	 */
	private boolean exchanges(HeartbeatClient client) {
		String name = client.getName();
		if (this.received.containsKey(name) && this.sent.containsKey(name)) {
			return true;
		}
		client.send("after").thenRun(() -> this.sent.put(name, true));
		return false;
	}

	private void send() {
		while (!this.over) {
			try {
				this.clients.forEach((client) -> client.send("during"));
			}
			catch (OutOfMemoryError ex) {
				Thread.onSpinWait();
			}
			LockSupport.parkNanos(20_000_000);
		}
	}

	/**
	 * Allocate the whole heap, including all memory that becomes free, for some time.
	 */
	private static void fill(long nanos) {
		long begin = System.nanoTime();
		Object[] last = null;
		int size = LARGEST_BLOCK;
		while (System.nanoTime() - begin < nanos) {
			try {
				Object[] block = new Object[size];
				block[0] = last;
				last = block;
			}
			catch (OutOfMemoryError ex) {
				size = Math.max(1, size / 2);
			}
		}
	}

	/**
	 * Wait until a condition was true at least once for each client.
	 */
	private void until(String what, int seconds, Predicate<HeartbeatClient> condition) {
		long begin = System.nanoTime();
		List<HeartbeatClient> left = new ArrayList<>(this.clients);
		try {
			Awaitility.await()
				.pollInSameThread()
				.pollInterval(Duration.ofMillis(20))
				.atMost(Duration.ofSeconds(seconds))
				.until(() -> {
					left.removeIf(condition);
					return left.isEmpty();
				});
		}
		catch (ConditionTimeoutException ex) {
			fail(what, left);
		}
		System.out.println("TOOK " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " ms: " + what);
	}

	private static void fail(String what, List<HeartbeatClient> left) {
		Thread.getAllStackTraces().forEach((thread, frames) -> {
			System.out.println(thread);
			for (StackTraceElement frame : frames) {
				System.out.println("\t" + frame);
			}
		});
		left.forEach((client) -> System.out.println("LEFT " + what + " " + client.getSnapshot()));
		System.out.println("FAILED " + what + " of " + left.size() + " clients");
		Runtime.getRuntime().halt(1);
	}

}
