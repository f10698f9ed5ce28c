package io.github.heartbeat.benchmark.row;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Receiver;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Restarts a server that has many clients. The server is down for slightly longer than the
 * first wait of the clients.
 */
public final class RestartRow implements Row {

	private static final String NEWER = "25";

	private static final long DOWN_SECONDS = 3;

	/** Waits of 2 s with a jitter of 0.2 spread over 800 ms. */
	private static final int MOMENTS_OF_THE_JITTER = 8;

	/** An interval may get this many times its share, because random waits are not spread evenly. */
	private static final double UNEVEN = 1.5;

	private static final Bound AT_MOST_A_SECOND = new Bound("≤ 1 s", (value) -> value <= 1e9);

	private static final int MOST_THREADS = 170;

	private static final int MOST_THREADS_OF_MANY = 330;

	@Override
	public String id() {
		return "restart";
	}

	@Override
	public void measure(Bench bench, Table table) {
		measure(bench, table, bench.size(1_000, 100), MOST_THREADS);
		measureMany(bench, table, bench.size(10_000, 200));
	}

	/**
	 * Measure only what depends on the number of clients.
	 */
	private static void measureMany(Bench bench, Table table, int count) {
		Runner ours = new Runner(Kind.OURS, Bench.javaHome());
		Samples<Runner> samples = Samples.take("restart, many", bench.rounds(2), List.of(ours),
				(runner) -> measure(bench, runner.kind(), runner.javaHome(), count));
		String what = String.format("restart under %,d clients: ", count);
		table.figure(what + "from listening to all open past the largest wait drawn", samples, ours, ours.label(),
				"late", Unit.SECONDS, AT_MOST_A_SECOND);
		table.figure(what + "most threads", samples, ours, ours.label(), "threads", Unit.COUNT,
				Bound.atMost(MOST_THREADS_OF_MANY));
	}

	private void measure(Bench bench, Table table, int count, int mostThreads) {
		Runner ours = new Runner(Kind.OURS, Bench.javaHome());
		Runner newer = new Runner(Kind.OURS_VIRTUAL, bench.newerJavaHome());
		Runner naive = new Runner(Kind.NAIVE_RETRY, Bench.javaHome());
		boolean hasNewer = newer.javaHome() != null;
		List<Runner> runners = hasNewer ? List.of(ours, newer, naive) : List.of(ours, naive);
		Samples<Runner> samples = Samples.take(id(), bench.rounds(5), runners, Set.of(naive),
				(runner) -> measure(bench, runner.kind(), runner.javaHome(), count));
		String what = String.format("restart under %,d clients: ", count);
		Bound spread = Bound.atMost(Math.round(UNEVEN * count / MOMENTS_OF_THE_JITTER));
		for (Runner runner : runners) {
			table.figure(what + "from listening to all open", samples, runner, runner.label(), "open", Unit.SECONDS,
					Bound.none());
			if (runner != naive) {
				table.figure(what + "the same past the largest wait drawn", samples, runner, runner.label(), "late",
						Unit.SECONDS, AT_MOST_A_SECOND);
			}
			table.figure(what + "most threads", samples, runner, runner.label(), "threads", Unit.COUNT,
					(runner == ours) ? Bound.atMost(mostThreads) : Bound.none());
			table.figure(what + "most connects in 100 ms", samples, runner, runner.label(), "busiest", Unit.COUNT,
					(runner != naive) ? spread : Bound.none());
		}
		if (!hasNewer) {
			table.skipped(what + "all", newer.label(), "no JDK " + NEWER + " was found, name one by -Dbenchmark.jdk");
		}
	}

	static Reply measure(Bench bench, Kind kind, Path javaHome, int count) throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, RestartProbe.class)
					.javaHome(javaHome)
					.flags(Bench.LARGE)
					.start(server)) {
			contestant.step("connect", count);
			server.ask("down");
			TimeUnit.SECONDS.sleep(DOWN_SECONDS);
			double upAt = server.ask("up").get("at");
			contestant.begin("reconnect", 0);
			Reply reply = contestant.end(Duration.ofSeconds(60));
			double open = reply.get("at") - upAt;
			return new Reply().with("open", open)
				.with("late", open - reply.get("wait"))
				.with("threads", reply.get("threads"))
				.with("busiest", server.ask("connects").get("busiest"));
		}
	}

	private record Runner(Kind kind, Path javaHome) {

		String label() {
			boolean newer = this.kind == Kind.OURS_VIRTUAL;
			return this.kind.label() + ", JDK " + (newer ? NEWER : Runtime.version().feature());
		}

		@Override
		public String toString() {
			return this.kind.toString();
		}

	}

	/**
	 * Detects when all connections are open, and when all are open again.
	 */
	public static final class RestartProbe implements Probe, Receiver {

		private final AtomicLong opened = new AtomicLong();

		private final AtomicLong longestWait = new AtomicLong();

		private final Object monitor = new Object();

		private volatile long lastAt;

		private long count;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			if (step.equals("connect")) {
				this.count = argument;
				host.connect((int) argument, (index) -> this);
				await(this.count);
				ManagementFactory.getThreadMXBean().resetPeakThreadCount();
				return new Reply();
			}
			await(2 * this.count);
			return new Reply().with("at", this.lastAt)
				.with("wait", this.longestWait.get())
				.with("threads", ManagementFactory.getThreadMXBean().getPeakThreadCount());
		}

		private void await(long opens) throws InterruptedException {
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
			synchronized (this.monitor) {
				while (this.opened.get() < opens) {
					long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
					if (left <= 0) {
						throw new IllegalStateException("Only " + this.opened + " of " + opens + " are open");
					}
					this.monitor.wait(left);
				}
			}
		}

		@Override
		public void opened() {
			synchronized (this.monitor) {
				this.lastAt = System.nanoTime();
				this.opened.incrementAndGet();
				this.monitor.notifyAll();
			}
		}

		@Override
		public void waits(Duration wait) {
			this.longestWait.accumulateAndGet(wait.toNanos(), Math::max);
		}

	}

}
