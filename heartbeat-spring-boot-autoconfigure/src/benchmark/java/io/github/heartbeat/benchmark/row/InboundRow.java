package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import io.github.heartbeat.benchmark.contestant.Machine;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Receiver;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures the CPU time that the client needs for a received message, on one connection that
 * delivers messages as fast as TCP accepts them.
 */
public final class InboundRow implements Row {

	private static final List<Kind> CONTESTANTS = List.of(Kind.RAW, Kind.OURS, Kind.OURS_UNHEARD, Kind.OURS_HEARD,
			Kind.RAW_UNHEARD, Kind.RAW_HEARD, Kind.OURS_METERED, Kind.RAW_JETTY, Kind.OURS_JETTY, Kind.OKHTTP,
			Kind.JAVA_WEBSOCKET, Kind.NV, Kind.JDK);

	private static final Map<Kind, Bound> BOUNDS = Map.of(Kind.OURS, Bound.atMost(1.05), Kind.OURS_UNHEARD,
			Bound.atMost(1.3), Kind.OURS_HEARD, Bound.atMost(1.6));

	private static final int MESSAGE_SIZE = 100;

	/** With fewer messages, the JIT compiler still runs during the measured part. */
	private static final int WARM_UP = 4_500_000;

	/**
	 * With a quarter of this number, rounds differ from each other by half.
	 */
	private static final int MESSAGES = 6_000_000;

	@Override
	public String id() {
		return "inbound";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int warmUp = bench.size(WARM_UP, 20_000);
		int messages = bench.size(MESSAGES, 20_000);
		Samples<Kind> samples = Samples.take(id(), bench.rounds(5), CONTESTANTS, Kind.UNBOUNDED, (kind) -> {
			try (Bench.Server server = bench.server();
					Bench.Contestant contestant = bench.contestant(kind, InboundProbe.class)
						.flags(Bench.SMALL)
						.start(server)) {
				contestant.step("connect", warmUp);
				contestant.begin("receive", messages);
				server.ask("blast " + (warmUp + messages) + " " + MESSAGE_SIZE);
				return contestant.end(Duration.ofSeconds(60));
			}
		});
		CONTESTANTS.forEach((kind) -> table.ratio("client CPU per inbound message of 100 B", samples, kind, Kind.RAW,
				kind.label(), "cpu", Unit.NANOS, BOUNDS.getOrDefault(kind, Bound.none())));
	}

	/**
	 * Reads the CPU time at the message after the warm-up and at the last message.
	 */
	public static final class InboundProbe implements Probe, Receiver {

		private final CountDownLatch done = new CountDownLatch(1);

		private long warmUp;

		private volatile long last;

		private long count;

		private long cpuAtStart;

		private volatile long cpuAtEnd;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			if (step.equals("connect")) {
				this.warmUp = argument;
				host.connect(1, (index) -> this);
				return new Reply();
			}
			this.last = this.warmUp + argument;
			if (!this.done.await(50, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Only " + this.count + " messages arrived");
			}
			return new Reply().with("cpu", (this.cpuAtEnd - this.cpuAtStart) / (double) argument);
		}

		@Override
		public void received(CharSequence text) {
			long count = ++this.count;
			if (count == this.warmUp) {
				this.cpuAtStart = Machine.cpuNanos();
			}
			else if (count == this.last) {
				this.cpuAtEnd = Machine.cpuNanos();
				this.done.countDown();
			}
		}

	}

}
