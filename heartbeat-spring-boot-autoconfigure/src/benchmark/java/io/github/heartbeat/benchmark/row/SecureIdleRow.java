package io.github.heartbeat.benchmark.row;

import java.util.List;
import java.util.Set;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Kind;

/**
 * Measures the same with TLS. Tomcat's client uses separate threads for each TLS connection.
 */
public final class SecureIdleRow implements Row {

	@Override
	public String id() {
		return "idle-wss";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int count = bench.size(1_000, 50);
		Load raw = new Load(Kind.RAW, count);
		Load ours = new Load(Kind.OURS, count);
		Load oursOnJetty = new Load(Kind.OURS_JETTY, count);
		List<Load> loads = List.of(raw, ours, oursOnJetty);
		Samples<Load> samples = Samples.take(id(), bench.rounds(2), loads, Set.of(oursOnJetty),
				(load) -> IdleRow.measure(bench, load, true, Bench.FIXED, IdleRow.THREADS_SETTLE_SECONDS));
		for (Load load : loads) {
			Bound bound = (load == ours || load == oursOnJetty) ? Bound.atMost(1) : Bound.none();
			table.ratio("heap per idle wss connection", samples, load, raw, load.label(), "heap", Unit.KILOBYTES,
					bound);
			table.ratio("RSS per idle wss connection", samples, load, raw, load.label(), "rss", Unit.KILOBYTES,
					(load == oursOnJetty) ? bound : Bound.none());
			table.figure("threads of the JVM at rest, wss", samples, load, load.label(), "threads", Unit.COUNT,
					Bound.none());
		}
	}

}
