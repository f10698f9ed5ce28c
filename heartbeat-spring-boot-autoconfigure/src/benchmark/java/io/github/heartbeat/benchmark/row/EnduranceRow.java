package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Machine;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Receiver;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Runs many clients under random faults for a long time. The clients need a lease, log in,
 * subscribe and compress. In regular calm phases, all clients must be open again with exactly
 * one subscription, and their resource usage is measured. The usage must not grow.
 */
public final class EnduranceRow implements Row {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration RECONNECT = Duration.ofMillis(500);

	private static final List<Kind> KINDS = List.of(Kind.OURS_EVERYTHING, Kind.OURS_JETTY_EVERYTHING);

	/**
	 * The number of calm phases. The first one completes the warm-up. The first and the last
	 * one are long, so that only threads that are needed are left.
	 */
	private static final int CALMS = 10;

	private static final double FLAT = 1.1;

	/** Memory that a compiling JVM may use in addition. */
	private static final long SLACK_BYTES = 2 * 1024 * 1024;

	private static final int CALM_SECONDS = 8;

	/** Longer than a container keeps idle threads: Tomcat 60 seconds, Jetty less. */
	private static final int LONG_CALM_SECONDS = 75;

	private static final Duration CALM_TIMEOUT = Duration.ofMinutes(3);

	/** The threads that the heartbeats of one moment need. */
	private static final int SLACK_THREADS = 10;

	private static final int SLACK_DESCRIPTORS = 5;

	/** The server answers with the message that subscribes. */
	private static final String SUBSCRIPTION = "subscription";

	private final Duration duration;

	private final Random random = new Random();

	/**
	 * Create the row.
	 * @param duration the duration of the row
	 */
	public EnduranceRow(Duration duration) {
		this.duration = duration;
	}

	@Override
	public String id() {
		return "endurance";
	}

	@Override
	public void measure(Bench bench, Table table) throws Exception {
		int clients = bench.size(500, 50);
		List<Bench.Contestant> contestants = new ArrayList<>();
		List<List<Reply>> usages = new ArrayList<>();
		try (Bench.Server server = bench.server()) {
			server.ask("compress");
			for (Kind kind : KINDS) {
				contestants.add(bench.contestant(kind, EnduranceProbe.class)
					.flags(Bench.SMALL)
					.timeout(TIMEOUT)
					.reconnect(RECONNECT)
					.start(server));
				contestants.get(contestants.size() - 1).step("connect", clients);
				usages.add(new ArrayList<>());
			}
			for (int i = 0; i < CALMS; i++) {
				rage(server, System.nanoTime() + this.duration.dividedBy(CALMS).toNanos());
				calm(contestants, usages, (i == 0 || i == CALMS - 1) ? LONG_CALM_SECONDS : CALM_SECONDS);
			}
		}
		finally {
			contestants.forEach(Bench.Contestant::close);
		}
		for (int i = 0; i < KINDS.size(); i++) {
			report(table, KINDS.get(i).label() + String.format(", %,d clients", clients), usages.get(i));
		}
	}

	private void rage(Bench.Server server, long end) throws Exception {
		while (System.nanoTime() - end < 0) {
			switch (this.random.nextInt(6)) {
				case 0 -> server.ask("harm freeze 0.2");
				case 1 -> server.ask("harm reset 0.3");
				case 2 -> {
					server.ask("down");
					TimeUnit.MILLISECONDS.sleep(this.random.nextInt(1000));
					server.ask("up");
				}
				default -> server.ask("blast 20 100");
			}
			TimeUnit.MILLISECONDS.sleep(this.random.nextInt(1000));
		}
	}

	private static void calm(List<Bench.Contestant> contestants, List<List<Reply>> usages, int seconds)
			throws Exception {
		for (Bench.Contestant contestant : contestants) {
			contestant.begin("calm", seconds);
		}
		for (int i = 0; i < contestants.size(); i++) {
			Reply usage = contestants.get(i).end(CALM_TIMEOUT);
			usages.get(i).add(usage);
			System.err.println(KINDS.get(i) + ": " + usage);
		}
	}

	private void report(Table table, String contestant, List<Reply> usages) {
		String what = "endurance of " + this.duration.toSeconds() + " s: ";
		line(table, what + "heap after GC, MB", contestant, usages, "heap", 1 << 20, SLACK_BYTES);
		line(table, what + "descriptors", contestant, usages, "descriptors", 1, SLACK_DESCRIPTORS);
		double[] threads = values(usages, "threads");
		line(table, what + "threads in calm phases, of which the first and the last are long", contestant, threads, 1,
				threads[0], threads[threads.length - 1], SLACK_THREADS);
	}

	private static void line(Table table, String what, String contestant, List<Reply> usages, String name, double unit,
			double slack) {
		double[] values = values(usages.subList(1, usages.size()), name);
		line(table, what, contestant, values, unit, average(Arrays.copyOfRange(values, 0, values.length / 3)),
				average(Arrays.copyOfRange(values, values.length - values.length / 3, values.length)), slack);
	}

	private static void line(Table table, String what, String contestant, double[] values, double unit, double first,
			double last, double slack) {
		String all = Arrays.stream(values)
			.mapToObj((value) -> String.valueOf(Math.round(value / unit)))
			.collect(Collectors.joining(" "));
		table.line(what, contestant, all, String.format(Locale.ROOT, "%.2f", last / first), "flat",
				(last <= Math.max(first * FLAT, first + slack)) ? "met" : "**not met**");
	}

	private static double[] values(List<Reply> usages, String name) {
		return usages.stream().mapToDouble((usage) -> usage.get(name)).toArray();
	}

	private static double average(double[] values) {
		return Arrays.stream(values).average().orElseThrow();
	}

	/**
	 * Tracks which of its connections are open.
	 */
	public static final class EnduranceProbe implements Probe {

		private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

		private final List<OpenOrNot> all = new ArrayList<>();

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			if (step.equals("connect")) {
				for (int i = 0; i < argument; i++) {
					this.all.add(new OpenOrNot());
				}
				host.connect((int) argument, this.all::get);
				return new Reply();
			}
			long deadline = System.nanoTime() + LIMIT_NANOS;
			do {
				if (System.nanoTime() - deadline > 0) {
					throw new IllegalStateException("Not every client is open again with one subscription");
				}
				TimeUnit.SECONDS.sleep(argument);
			}
			while (!this.all.stream().allMatch(OpenOrNot::isComplete));
			return Machine.usage();
		}

	}

	private static final class OpenOrNot implements Receiver {

		private volatile boolean open;

		/** Hooks of one connection run one at a time. */
		private volatile int subscriptions;

		boolean isComplete() {
			return this.open && this.subscriptions == 1;
		}

		@Override
		public void opened() {
			this.subscriptions = 0;
			this.open = true;
		}

		@Override
		public void received(CharSequence text) {
			if (text.equals(SUBSCRIPTION)) {
				this.subscriptions++;
			}
		}

		@Override
		public void ended() {
			this.open = false;
		}

	}

}
