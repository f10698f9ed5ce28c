package io.github.heartbeat.benchmark.row;

import java.util.List;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Memory and threads of connections that have had one message of 9 bytes each and then
 * nothing more. A limit of 1 MB holds for ours.
 */
public final class IdleRow implements Row {

	private static final double MOST_HEAP = 0.6;

	private static final int MOST_THREADS = 24;

	/** Thread pools of ours let idle threads go after 5 seconds. */
	private static final int REST_SECONDS = 6;

	@Override
	public String id() {
		return "idle";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int many = bench.size(10_000, 200);
		int some = bench.size(1_000, 50);
		Load raw = new Load(Kind.RAW, many);
		Load ours = new Load(Kind.OURS, many);
		Load oursOnJetty = new Load(Kind.OURS_JETTY, many);
		List<Load> loads = List.of(raw, new Load(Kind.RAW_MEGABYTE, some), ours, oursOnJetty,
				new Load(Kind.OKHTTP, some), new Load(Kind.JAVA_WEBSOCKET, some), new Load(Kind.NV, some),
				new Load(Kind.JDK, some));
		Samples<Load> samples = Samples.take(id(), bench.rounds(3), loads, (load) -> measure(bench, load, false));
		for (Load load : loads) {
			table.ratio("heap per idle ws connection", samples, load, raw, load.label(), "heap", Unit.KILOBYTES,
					(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_HEAP) : Bound.none());
		}
		for (Load load : List.of(raw, ours, oursOnJetty)) {
			table.ratio("RSS per idle ws connection", samples, load, raw, load.label(), "rss", Unit.KILOBYTES,
					Bound.none());
		}
		for (Load load : loads) {
			table.figure("threads of the JVM at rest", samples, load, load.label(), "threads", Unit.COUNT,
					(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_THREADS) : Bound.none());
		}
	}

	static Reply measure(Bench bench, Load load, boolean secure) throws Exception {
		try (Bench.Server server = secure ? bench.secureServer() : bench.server();
				Bench.Contestant contestant = bench.contestant(load.kind(), IdleProbe.class)
					.flags(Bench.LARGE)
					.start(server)) {
			contestant.step("connect", load.connections());
			server.ask("blast 1 9");
			return contestant.step("rest", bench.size(REST_SECONDS, 1));
		}
	}

}
