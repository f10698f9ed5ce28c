package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.process.ChildProcess;
import io.github.heartbeat.benchmark.process.CommandLoop;
import io.github.heartbeat.benchmark.process.Reply;
import io.github.heartbeat.internal.client.InboundMessageBenchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures the cost that the engine itself adds to a message: allocations and timer
 * operations, as counted by JMH. Each benchmark runs in a separate JVM.
 */
public final class EngineRow implements Row {

	private static final String ALONE = "InboundMessageBenchmark.messageAlone";

	private static final String ENGINE = "InboundMessageBenchmark.throughEngine";

	private static final String UNLED = "LeaseFenceBenchmark.withoutLease";

	private static final String LED = "LeaseFenceBenchmark.withLease";

	private static final double MOST_NANOS_OF_LEASE = 2;

	/** JMH's figure includes a remainder that the profiler itself allocates. */
	private static final double MOST_BYTES_MORE = 0.5;

	@Override
	public String id() {
		return "engine";
	}

	@Override
	public void measure(Bench bench, Table table) {
		Samples<String> samples = Samples.take(id(), bench.rounds(3), List.of("engine"), (engine) -> {
			Reply alone = run(bench, ALONE);
			Reply through = run(bench, ENGINE);
			return new Reply().with("time", through.get("time") - alone.get("time"))
				.with("alone", alone.get("bytes"))
				.with("bytes", through.get("bytes"))
				.with("more", through.get("bytes") - alone.get("bytes"))
				.with("operations", through.get("operations"));
		});
		table.figure("JMH, per inbound message: time added", samples, "engine", "engine", "time", Unit.NANOS,
				Bound.none());
		table.figure("JMH, per inbound message: timer operations", samples, "engine", "engine", "operations",
				Unit.COUNT, Bound.atMost(0));
		table.figure("JMH, per inbound message: allocated", samples, "engine", "message and text alone", "alone",
				Unit.BYTES, Bound.none());
		table.figure("JMH, per inbound message: allocated", samples, "engine", "message and text through the engine",
				"bytes", Unit.BYTES, Bound.none());
		table.figure("JMH, per inbound message: allocated by the engine", samples, "engine", "engine", "more",
				Unit.BYTES, new Bound("nothing", (value) -> value < MOST_BYTES_MORE));
		Samples<String> leases = Samples.take(id(), bench.rounds(3), List.of("engine"),
				(engine) -> new Reply().with("time",
						runShort(bench, LED).get("least") - runShort(bench, UNLED).get("least")));
		table.figure("JMH, per inbound message of a led client: check of the lease", leases, "engine", "engine", "time",
				Unit.TENTHS_OF_NANOS, Bound.atMost(MOST_NANOS_OF_LEASE));
	}

	/**
	 * Run a benchmark in a new JVM.
	 * @param benchmark the class and the method
	 */
	static Reply run(Bench bench, String benchmark) throws Exception {
		try (ChildProcess jmh = bench.process(JmhMain.class)) {
			return jmh.ask("run " + benchmark + " " + bench.size(2, 1) + " 1000", Duration.ofMinutes(2));
		}
	}

	/**
	 * Run a benchmark of few nanoseconds in a new JVM, in short iterations. The fastest of
	 * them is one during which nothing else ran on its processor.
	 * @param benchmark the class and the method
	 */
	private static Reply runShort(Bench bench, String benchmark) throws Exception {
		try (ChildProcess jmh = bench.process(JmhMain.class)) {
			return jmh.ask("run " + benchmark + " " + bench.size(100, 1) + " 20", Duration.ofMinutes(2));
		}
	}

	/**
	 * The JVM of one benchmark. JMH does not fork, because a JVM that it forked would not end
	 * together with this one.
	 */
	public static final class JmhMain {

		private JmhMain() {
		}

		/**
		 * Serve commands.
		 * @param arguments none
		 */
		public static void main(String[] arguments) throws Exception {
			System.setProperty("jmh.ignoreLock", "true");
			CommandLoop.serve(Map.of("run",
					(args) -> run(args[0], Integer.parseInt(args[1]), TimeValue.milliseconds(Long.parseLong(args[2])))));
		}

		private static Reply run(String benchmark, int iterations, TimeValue time) throws Exception {
			Options options = new OptionsBuilder()
				.include(InboundMessageBenchmark.class.getPackageName() + "." + benchmark + "$")
				.forks(0)
				.warmupIterations(iterations)
				.warmupTime(time)
				.measurementIterations(iterations)
				.measurementTime(time)
				.addProfiler(GCProfiler.class)
				.build();
			RunResult result = new Runner(options).runSingle();
			Reply reply = new Reply().with("time", result.getPrimaryResult().getScore())
				.with("least", result.getPrimaryResult().getStatistics().getMin());
			result.getSecondaryResults().forEach((name, value) -> {
				if (name.endsWith("gc.alloc.rate.norm")) {
					reply.with("bytes", value.getScore());
				}
				else if (name.equals("timerOperations")) {
					reply.with("operations", value.getScore());
				}
			});
			return reply;
		}

	}

}
