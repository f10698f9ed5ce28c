package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

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
 * Runs many clients under random faults for a long time. In regular calm phases, all clients
 * must be open again and their resource usage is measured. The usage must not grow.
 */
public final class EnduranceRow implements Row {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final Duration RECONNECT = Duration.ofMillis(500);

	private static final List<Kind> KINDS = List.of(Kind.OURS, Kind.OURS_JETTY);

	/** The number of calm phases. The first one completes the warm-up. */
	private static final int CALMS = 10;

	private static final double FLAT = 1.1;

	/** Memory that a compiling JVM may use in addition. */
	private static final long SLACK_BYTES = 2 * 1024 * 1024;

	/**
	 * Pools grow by this many threads at a time and release them after seconds. Thousands of
	 * reconnects occur between two calm phases, so the row detects a leak of one thread per
	 * hundred reconnects.
	 */
	private static final int SLACK_THREADS = 64;

	private static final int SLACK_DESCRIPTORS = 5;

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
				calm(contestants, usages);
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

	private static void calm(List<Bench.Contestant> contestants, List<List<Reply>> usages) throws Exception {
		for (int i = 0; i < contestants.size(); i++) {
			Reply usage = contestants.get(i).step("calm");
			usages.get(i).add(usage);
			System.err.println(KINDS.get(i) + ": " + usage);
		}
	}

	private void report(Table table, String contestant, List<Reply> usages) {
		String what = "endurance of " + this.duration.toSeconds() + " s: ";
		line(table, what + "heap after GC, MB", contestant, usages, "heap", 1 << 20, SLACK_BYTES);
		line(table, what + "threads", contestant, usages, "threads", 1, SLACK_THREADS);
		line(table, what + "descriptors", contestant, usages, "descriptors", 1, SLACK_DESCRIPTORS);
	}

	private static void line(Table table, String what, String contestant, List<Reply> usages, String name, double unit,
			double slack) {
		double[] values = usages.stream().skip(1).mapToDouble((usage) -> usage.get(name)).toArray();
		double first = average(Arrays.copyOfRange(values, 0, values.length / 3));
		double last = average(Arrays.copyOfRange(values, values.length - values.length / 3, values.length));
		StringBuilder all = new StringBuilder();
		for (double value : values) {
			all.append(all.isEmpty() ? "" : " ").append(Math.round(value / unit));
		}
		table.line(what, contestant, all.toString(), String.format(Locale.ROOT, "%.2f", last / first), "flat",
				(last <= Math.max(first * FLAT, first + slack)) ? "met" : "**not met**");
	}

	private static double average(double[] values) {
		return Arrays.stream(values).average().orElseThrow();
	}

	/**
	 * Tracks which of its connections are open.
	 */
	public static final class EnduranceProbe implements Probe {

		private static final long REST_SECONDS = 8;

		private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(60);

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
			long deadline = System.nanoTime() + CALM_NANOS;
			do {
				if (System.nanoTime() - deadline > 0) {
					throw new IllegalStateException("Not every client is open again");
				}
				TimeUnit.SECONDS.sleep(REST_SECONDS);
			}
			while (!this.all.stream().allMatch((connection) -> connection.open));
			return Machine.usage();
		}

	}

	private static final class OpenOrNot implements Receiver {

		private volatile boolean open;

		@Override
		public void opened() {
			this.open = true;
		}

		@Override
		public void ended() {
			this.open = false;
		}

	}

}
