package io.github.heartbeat.benchmark.row;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures the figures that depend on the number of clients, with increasing numbers of
 * clients. {@link HeartbeatCostRow} has the cost of heartbeats.
 */
public final class GrowthRow implements Row {

	@Override
	public String id() {
		return "growth";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int[] counts = { 100, bench.size(1_000, 200), bench.size(10_000, 400) };
		List<Load> loads = Stream.of(Kind.RAW, Kind.OURS, Kind.OURS_JETTY)
			.flatMap((kind) -> IntStream.of(counts).mapToObj((count) -> new Load(kind, count)))
			.toList();
		List<Load> ours = loads.stream().filter((load) -> load.kind() != Kind.RAW).toList();
		Samples<Load> idle = Samples.take("growth, idle", bench.rounds(1), loads,
				(load) -> IdleRow.measure(bench, load, false, Bench.LARGE, IdleRow.THREADS_SETTLE_SECONDS));
		report(table, idle, loads, "heap per idle ws connection", "heap", Unit.KILOBYTES);
		report(table, idle, loads, "RSS per idle ws connection", "rss", Unit.KILOBYTES);
		report(table, idle, loads, "threads of the JVM at rest", "threads", Unit.COUNT);
		Samples<Load> detection = Samples.take("growth, detection", bench.rounds(1), ours,
				(load) -> DetectionRow.measure(bench, load));
		report(table, detection, ours, "detection past the timeouts, median", "median", Unit.MILLIS);
		report(table, detection, ours, "detection past the timeouts, p99", "p99", Unit.MILLIS);
		Samples<Load> restart = Samples.take("growth, restart", bench.rounds(1), ours,
				(load) -> restart(bench, load));
		report(table, restart, ours, "restart: from listening to all open", "open", Unit.SECONDS);
		report(table, restart, ours, "restart: most threads", "threads", Unit.COUNT);
		report(table, restart, ours, "restart: most connects in 100 ms", "busiest", Unit.COUNT);
	}

	private static Reply restart(Bench bench, Load load) throws Exception {
		return RestartRow.measure(bench, load.kind(), Bench.javaHome(), load.connections());
	}

	private static void report(Table table, Samples<Load> samples, List<Load> loads, String what, String name,
			Unit unit) {
		loads.forEach((load) -> table.figure(what, samples, load, load.label(), name, unit, Bound.none()));
	}

}
