package io.github.heartbeat.benchmark.row;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Machine;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures the CPU time that the client needs for heartbeats and their answers. The underlying
 * client has no heartbeat, so it uses the usual first implementation: one scheduled task for
 * each connection. A JVM first has many connections, which compile its code, and then closes
 * most of them, because few connections would take minutes to compile it.
 */
public final class HeartbeatCostRow implements Row {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final double MOST = 0.8;

	/** With 20,000 round trips, the compiler used a fifth of the measured time, and two thirds on Jetty. */
	private static final int WARM_UP = 60_000;

	/** The round trips of each connection after most connections were closed, which is new code again. */
	private static final int WARM_UP_OF_FEW = 2;

	private static final int SECONDS = 8;

	/** Few connections have few round trips in a second. */
	private static final int SECONDS_OF_FEW = 14;

	@Override
	public String id() {
		return "heartbeats";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int[] counts = { bench.size(10_000, 200), bench.size(1_000, 100), bench.size(100, 50) };
		List<Kind> kinds = List.of(Kind.RAW, Kind.OURS, Kind.OURS_JETTY);
		Samples<Kind> samples = Samples.take(id(), bench.rounds(2), kinds, Set.of(Kind.OURS_JETTY),
				(kind) -> measure(bench, kind, counts));
		for (int count : counts) {
			for (Kind kind : kinds) {
				table.ratio("client CPU per million heartbeat round trips", samples, kind, Kind.RAW,
						new Load(kind, count).label() + ((kind == Kind.RAW) ? ", one scheduled task each" : ""),
						"cpu" + count, Unit.SECONDS, (kind == Kind.OURS) ? Bound.atMost(MOST) : Bound.none());
			}
		}
		for (Kind kind : kinds) {
			table.figure("most threads meanwhile", samples, kind, new Load(kind, counts[0]).label(),
					"threads" + counts[0], Unit.COUNT, Bound.none());
		}
	}

	private static Reply measure(Bench bench, Kind kind, int[] counts) throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, HeartbeatProbe.class)
					.flags(Bench.LARGE)
					.timeout(TIMEOUT)
					.start(server)) {
			contestant.step("connect", counts[0]);
			contestant.step("warm-up", bench.size(WARM_UP, 200));
			Reply all = new Reply();
			for (int count : counts) {
				contestant.step("keep", count);
				if (count != counts[0]) {
					contestant.step("warm-up", bench.size(WARM_UP_OF_FEW * count, 20));
				}
				Reply reply = contestant.step("beat", bench.size((count == counts[0]) ? SECONDS : SECONDS_OF_FEW, 2));
				all.with("cpu" + count, reply.get("cpu")).with("threads" + count, reply.get("threads"));
			}
			return all;
		}
	}

	/**
	 * Counts answers, regardless of who sent the message that they answer.
	 */
	public static final class HeartbeatProbe implements Probe {

		private static final double MILLION = 1e6;

		/** The threads of the closed connections end, and so does the work of closing. */
		private static final int SETTLE_SECONDS = 6;

		private final Connections connections = new Connections();

		private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

		/** The scheduled task of each connection, if it has one. */
		private final List<Future<?>> tasks = new ArrayList<>();

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			switch (step) {
				case "connect" -> {
					this.connections.open(host, (int) argument);
					if (host.kind() == Kind.RAW) {
						schedule();
					}
				}
				case "warm-up" -> {
					this.connections.expect(argument);
					this.connections.await();
				}
				case "keep" -> keep((int) argument);
				default -> {
					return beat(argument);
				}
			}
			return new Reply();
		}

		/**
		 * The connections that are kept are spread evenly, so their heartbeats are too.
		 */
		private void keep(int count) throws Exception {
			int all = this.connections.all().size();
			if (all == count) {
				return;
			}
			int step = all / count;
			List<Future<?>> kept = new ArrayList<>();
			for (int i = 0; i < this.tasks.size(); i++) {
				Future<?> task = this.tasks.get(i);
				if (i % step == 0) {
					kept.add(task);
				}
				else {
					task.cancel(false);
				}
			}
			this.tasks.clear();
			this.tasks.addAll(kept);
			this.connections.closeUnless((index) -> index % step == 0);
			TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
			System.gc();
		}

		private Reply beat(long seconds) throws InterruptedException {
			ThreadMXBean threads = ManagementFactory.getThreadMXBean();
			threads.resetPeakThreadCount();
			long count = this.connections.count();
			long cpu = Machine.cpuNanos();
			TimeUnit.SECONDS.sleep(seconds);
			long roundTrips = this.connections.count() - count;
			return new Reply().with("cpu", (Machine.cpuNanos() - cpu) * MILLION / roundTrips)
				.with("threads", threads.getPeakThreadCount());
		}

		private void schedule() {
			List<Connection> all = this.connections.all();
			for (int i = 0; i < all.size(); i++) {
				Connection connection = all.get(i);
				this.tasks.add(this.scheduler.scheduleAtFixedRate(() -> beat(connection),
						i * TIMEOUT.toNanos() / all.size(), TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
			}
		}

		private static void beat(Connection connection) {
			try {
				connection.send("heartbeat");
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
