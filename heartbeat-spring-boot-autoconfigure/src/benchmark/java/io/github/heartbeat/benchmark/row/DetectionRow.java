package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
 * Measures the delay of the detection when all links die at the same time. Each link dies
 * directly after it received a message, so that all heartbeats are due at the same time, and
 * so are all timeouts. The delay is the time beyond the last receipt plus {@code ping-timeout}
 * plus {@code pong-timeout}.
 * <p>
 * The garbage of the startup is collected first, as in an application that has been running
 * for a while. That garbage nearly fills the young generation. Without the collection, about
 * every second JVM would collect the young generation in exactly the measured moment.
 */
public final class DetectionRow implements Row {

	private static final double MANY_NANOS = 250e6;

	private static final double FEW_NANOS = 50e6;

	@Override
	public String id() {
		return "detection";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int many = bench.size(10_000, 200);
		List<Load> loads = List.of(new Load(Kind.OURS, many), new Load(Kind.OURS_JETTY, many),
				new Load(Kind.OURS, 100), new Load(Kind.OURS_JETTY, 100));
		Set<Load> fewOnJetty = Set.of(loads.get(3));
		Samples<Load> samples = Samples.take(id(), bench.rounds(3), loads, fewOnJetty, (load) -> measure(bench, load));
		for (Load load : loads) {
			boolean few = load.connections() == 100;
			table.figure("detection past the timeouts when all links freeze at once, p99", samples, load, load.label(),
					"p99", Unit.MILLIS, new Bound(few ? "≤ 50 ms" : "≤ 250 ms",
							(value) -> value <= (few ? FEW_NANOS : MANY_NANOS)));
		}
	}

	static Reply measure(Bench bench, Load load) throws Exception {
		Duration timeout = Duration.ofSeconds(bench.size(3, 1));
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(load.kind(), DetectionProbe.class)
					.flags(Bench.STEADY)
					.timeout(timeout)
					.start(server)) {
			contestant.step("connect", load.connections());
			contestant.step("settle", timeout.toSeconds() + 1);
			contestant.begin("detect", 0);
			server.ask("freeze after-message");
			return contestant.end(Duration.ofSeconds(60));
		}
	}

	/**
	 * Records the times of each link.
	 */
	public static final class DetectionProbe implements Probe {

		private final List<Transport> links = new ArrayList<>();

		private CountDownLatch ended;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			switch (step) {
				case "connect" -> {
					this.ended = new CountDownLatch((int) argument);
					for (int i = 0; i < argument; i++) {
						this.links.add(new Transport(this.ended));
					}
					host.connect((int) argument, this.links::get);
				}
				case "settle" -> {
					System.gc();
					TimeUnit.SECONDS.sleep(argument);
				}
				default -> {
					if (this.ended.getCount() < this.links.size()) {
						throw new IllegalStateException("Links ended before they were frozen");
					}
					if (!this.ended.await(50, TimeUnit.SECONDS)) {
						throw new IllegalStateException(this.ended.getCount() + " links were not noticed");
					}
					return overshoot(2 * host.target().timeout().toNanos());
				}
			}
			return new Reply();
		}

		private Reply overshoot(long timeouts) {
			long[] sorted = this.links.stream()
				.mapToLong((link) -> link.endedAt - link.receivedAt - timeouts)
				.sorted()
				.toArray();
			return new Reply().with("median", sorted[sorted.length / 2])
				.with("p99", sorted[sorted.length * 99 / 100])
				.with("max", sorted[sorted.length - 1]);
		}

	}

	private static final class Transport implements Receiver {

		private final CountDownLatch ended;

		private volatile long receivedAt;

		private volatile long endedAt;

		Transport(CountDownLatch ended) {
			this.ended = ended;
		}

		@Override
		public void received(CharSequence text) {
			if (this.endedAt == 0) {
				this.receivedAt = System.nanoTime();
			}
		}

		@Override
		public void ended() {
			if (this.endedAt == 0) {
				this.endedAt = System.nanoTime();
				this.ended.countDown();
			}
		}

	}

}
