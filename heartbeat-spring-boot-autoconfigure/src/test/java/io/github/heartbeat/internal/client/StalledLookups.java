package io.github.heartbeat.internal.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.MuteResolver;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;

/**
 * Connects clients while the resolver of the machine does not answer, and prints the
 * results. {@link NameResolutionIntegrationTests} runs it in a separate network
 * namespace, because Java code cannot make a lookup stall.
 */
final class StalledLookups {

	static final int STALLED = 5;

	static final int HEALTHY = 20;

	private static final Duration OBSERVED = Duration.ofSeconds(5);

	private final Map<String, HookLog> logs = new ConcurrentHashMap<>();

	private final Map<String, List<Long>> receipts = new ConcurrentHashMap<>();

	private final MuteResolver resolver;

	private final TestServer server;

	private final DefaultHeartbeatClients clients;

	private StalledLookups(HeartbeatContainer container) throws Exception {
		this.resolver = new MuteResolver(new InetSocketAddress("127.0.0.1", 53));
		this.server = new TestServer(Behaviour.ECHO);
		this.server.behave((connection) -> {
			connection.upgrade();
			List<Long> times = this.receipts.computeIfAbsent(connection.requestLine().split(" ")[1].substring(1),
					(name) -> new ArrayList<>());
			while (true) {
				String text = connection.readText();
				synchronized (times) {
					times.add(System.nanoTime());
				}
				connection.text(text);
			}
		});
		this.clients = TestClients.create(container, 64);
		this.clients.start();
	}

	/**
	 * An exception ends the JVM with another status, because all threads are daemons.
	 */
	public static void main(String[] args) throws Exception {
		new StalledLookups(HeartbeatContainer.valueOf(args[0])).run();
		System.exit(0);
	}

	private static void fact(String name, Object value) {
		System.out.printf(Locale.ROOT, "FACT %s %s%n", name, value);
	}

	private static void fact(String name, double seconds) {
		fact(name, (Object) String.format(Locale.ROOT, "%.3f", seconds));
	}

	private static double since(long start) {
		return (System.nanoTime() - start) / 1e9;
	}

	/**
	 * A healthy client has enough time to load its container.
	 */
	private HeartbeatClient create(String name, String host) {
		HookLog log = new HookLog();
		this.logs.put(name, log);
		return this.clients.create(name,
				HeartbeatClientSettings.builder("ws://" + host + ":" + this.server.port() + "/" + name)
					.connectTimeout(Duration.ofSeconds(name.startsWith("healthy") ? 20 : 1))
					.reconnectTimeout(Duration.ofMillis(200))
					.reconnectJitter(0)
					.pingTimeout(Duration.ofMillis(200))
					.pongTimeout(Duration.ofSeconds(2))
					.listener(log)
					.build());
	}

	/**
	 * Return the names of the clients whose lookups stall. Some have different host
	 * names, and two share one.
	 */
	static List<String> stalled() {
		List<String> names = new ArrayList<>();
		IntStream.rangeClosed(1, STALLED).forEach((i) -> names.add("stalled-" + i));
		names.add("twin-1");
		names.add("twin-2");
		return names;
	}

	private static String host(String name) {
		return name.startsWith("twin") ? "twin.test" : name + ".test";
	}

	private void run() throws Exception {
		long start = System.nanoTime();
		List<String> names = stalled();
		names.forEach((name) -> create(name, host(name)));
		LiveClients.until(() -> names.stream().allMatch((name) -> this.resolver.lookups(host(name)) > 0));
		healthyOnes();
		long healthySince = System.nanoTime();
		long lookups = observe(start);
		fact("threads-in-lookups", lookups);
		for (String name : names) {
			fact("lookups." + name, this.resolver.lookups(host(name)));
			for (HookLog.Entry entry : this.logs.get(name).entries()) {
				fact("hook." + name, String.format(Locale.ROOT, "%.3f %s", entry.secondsSince(start), entry.line()));
			}
		}
		heartbeats(healthySince);
		closeOne("stalled-5");
		answer(List.of("stalled-1", "stalled-2", "stalled-3", "twin-1", "twin-2"));
		end();
		fact("last-lookup-returned", since(start));
	}

	private void healthyOnes() {
		long start = System.nanoTime();
		List<HeartbeatClient> healthy = IntStream.range(0, HEALTHY)
			.mapToObj((i) -> create("healthy-" + i, "127.0.0.1"))
			.toList();
		LiveClients.until(() -> healthy.stream().allMatch(HeartbeatClient::isOpen));
		fact("healthy-open", since(start));
	}

	/**
	 * Return the maximum number of threads that were in lookups at the same time. At
	 * least one check takes place, however long the healthy clients took.
	 */
	private long observe(long start) throws InterruptedException {
		long most = 0;
		CountDownLatch never = new CountDownLatch(1);
		do {
			most = Math.max(most, threadsInLookups());
		}
		while (!never.await(10, TimeUnit.MILLISECONDS) && System.nanoTime() - start < OBSERVED.toNanos());
		return most;
	}

	private static long threadsInLookups() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getClassName().equals("java.net.InetAddress")))
			.count();
	}

	private void heartbeats(long since) {
		for (int i = 0; i < HEALTHY; i++) {
			this.logs.get("healthy-" + i).await("MESSAGE");
		}
		long now = System.nanoTime();
		for (int i = 0; i < HEALTHY; i++) {
			String name = "healthy-" + i;
			fact("gap." + name, longestGap(this.receipts.get(name), since, now));
			fact("lines." + name, this.logs.get(name).lines().stream().distinct().toList());
		}
	}

	private static double longestGap(List<Long> times, long start, long end) {
		long longest = 0;
		long before = start;
		synchronized (times) {
			for (long time : times) {
				longest = Math.max(longest, time - before);
				before = Math.max(before, time);
			}
		}
		return Math.max(longest, end - before) / 1e9;
	}

	private void closeOne(String name) {
		HeartbeatClient client = this.clients.get(name);
		long start = System.nanoTime();
		client.close();
		fact("close", since(start));
		fact("closed-state", client.getState());
	}

	/**
	 * Let lookups return an address, so that the clients connect.
	 */
	private void answer(List<String> names) throws Exception {
		long start = System.nanoTime();
		for (String name : names) {
			this.resolver.answer(host(name));
		}
		LiveClients.until(() -> names.stream().allMatch((name) -> this.clients.get(name).isOpen()));
		fact("open-after-answer", since(start));
	}

	private void end() throws Exception {
		CountDownLatch stopped = new CountDownLatch(1);
		fact("threads-in-lookups-at-the-end", threadsInLookups());
		long start = System.nanoTime();
		this.clients.stop(stopped::countDown);
		fact("stop", since(start));
		if (stopped.await(10, TimeUnit.SECONDS)) {
			fact("stopped", since(start));
		}
		start = System.nanoTime();
		this.clients.destroy();
		fact("destroy", since(start));
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> OurThreads.alive().isEmpty() && threadsInLookups() == 0);
		fact("threads-left", OurThreads.alive());
		this.server.close();
		this.resolver.close();
	}

}
