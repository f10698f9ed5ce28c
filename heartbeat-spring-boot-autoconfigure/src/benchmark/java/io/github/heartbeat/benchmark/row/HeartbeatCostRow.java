package io.github.heartbeat.benchmark.row;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
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
 * each connection.
 */
public final class HeartbeatCostRow implements Row {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final double MOST = 0.8;

	/** With 4 seconds, the compiler used a fifth of the measured time, and two thirds on Jetty. */
	private static final int WARM_UP_SECONDS = 12;

	private static final int SECONDS = 8;

	@Override
	public String id() {
		return "heartbeats";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int count = bench.size(10_000, 200);
		Load raw = new Load(Kind.RAW, count);
		Load ours = new Load(Kind.OURS, count);
		Load oursOnJetty = new Load(Kind.OURS_JETTY, count);
		List<Load> loads = List.of(raw, ours, oursOnJetty);
		Samples<Load> samples = Samples.take(id(), bench.rounds(5), loads, Set.of(oursOnJetty),
				(load) -> measure(bench, load));
		for (Load load : loads) {
			table.ratio("client CPU per million heartbeat round trips", samples, load, raw,
					load.label() + ((load == raw) ? ", one scheduled task each" : ""), "cpu", Unit.SECONDS,
					(load == ours) ? Bound.atMost(MOST) : Bound.none());
		}
		for (Load load : loads) {
			table.figure("most threads meanwhile", samples, load, load.label(), "threads", Unit.COUNT, Bound.none());
		}
	}

	static Reply measure(Bench bench, Load load) throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(load.kind(), HeartbeatProbe.class)
					.flags(Bench.LARGE)
					.timeout(TIMEOUT)
					.start(server)) {
			contestant.step("connect", load.connections());
			contestant.step("beat", bench.size(WARM_UP_SECONDS, 2));
			return contestant.step("beat", bench.size(SECONDS, 2));
		}
	}

	/**
	 * Counts answers, regardless of who sent the message that they answer.
	 */
	public static final class HeartbeatProbe implements Probe {

		private static final double MILLION = 1e6;

		private final Connections connections = new Connections();

		private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			if (step.equals("connect")) {
				this.connections.open(host, (int) argument);
				if (host.kind() == Kind.RAW) {
					schedule();
				}
				return new Reply();
			}
			ThreadMXBean threads = ManagementFactory.getThreadMXBean();
			threads.resetPeakThreadCount();
			long count = this.connections.count();
			long cpu = Machine.cpuNanos();
			TimeUnit.SECONDS.sleep(argument);
			long roundTrips = this.connections.count() - count;
			return new Reply().with("cpu", (Machine.cpuNanos() - cpu) * MILLION / roundTrips)
				.with("roundtrips", roundTrips)
				.with("threads", threads.getPeakThreadCount());
		}

		private void schedule() {
			List<Connection> all = this.connections.all();
			for (int i = 0; i < all.size(); i++) {
				Connection connection = all.get(i);
				this.scheduler.scheduleAtFixedRate(() -> beat(connection), i * TIMEOUT.toNanos() / all.size(),
						TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
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
