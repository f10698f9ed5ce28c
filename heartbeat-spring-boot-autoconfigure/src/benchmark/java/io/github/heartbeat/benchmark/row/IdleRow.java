package io.github.heartbeat.benchmark.row;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

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

	/** Threads that connected are idle for 5 seconds before they end. */
	static final int THREADS_SETTLE_SECONDS = 6;

	private static final int SETTLE_SECONDS = 2;

	private static final int REST_SECONDS = 62;

	@Override
	public String id() {
		return "idle";
	}

	@Override
	public void measure(Bench bench, Table table) throws Exception {
		int many = bench.size(10_000, 200);
		int some = bench.size(1_000, 50);
		Load raw = new Load(Kind.RAW, many);
		Load ours = new Load(Kind.OURS, many);
		Load oursOnJetty = new Load(Kind.OURS_JETTY, many);
		List<Load> others = List.of(oursOnJetty, new Load(Kind.RAW_MEGABYTE, some), new Load(Kind.OKHTTP, some),
				new Load(Kind.JAVA_WEBSOCKET, some), new Load(Kind.NV, some), new Load(Kind.JDK, some));
		List<Load> loads = new ArrayList<>(List.of(raw, ours));
		loads.addAll(others);
		Samples<Load> samples = Samples.take(id(), bench.rounds(5), loads, Set.copyOf(others),
				(load) -> measure(bench, load, false, Bench.LARGE, SETTLE_SECONDS));
		for (Load load : loads) {
			table.ratio("heap per idle ws connection", samples, load, raw, load.label(), "heap", Unit.KILOBYTES,
					(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_HEAP) : Bound.none());
		}
		for (Load load : List.of(raw, ours, oursOnJetty)) {
			table.ratio("RSS per idle ws connection", samples, load, raw, load.label(), "rss", Unit.KILOBYTES,
					Bound.none());
		}
		Samples<Load> resting = Samples.takeTogether("at rest", 1, loads, (round) -> rest(bench, loads));
		for (Load load : loads) {
			table.figure("threads of the JVM at rest", resting, load, load.label(), "threads", Unit.COUNT,
					(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_THREADS) : Bound.none());
		}
	}

	static Reply measure(Bench bench, Load load, boolean secure, List<String> flags, int settleSeconds) throws Exception {
		try (Bench.Server server = secure ? bench.secureServer() : bench.server();
				Bench.Contestant contestant = bench.contestant(load.kind(), IdleProbe.class)
					.flags(flags)
					.start(server)) {
			open(server, contestant, load);
			return contestant.step("rest", bench.size(settleSeconds, 1));
		}
	}

	private static void open(Bench.Server server, Bench.Contestant contestant, Load load) throws Exception {
		contestant.step("connect", load.connections());
		server.ask("blast 1 9");
	}

	/**
	 * They rest together, for it takes long: Tomcat lets idle threads go after a minute.
	 */
	private static Map<Load, Reply> rest(Bench bench, List<Load> loads) throws Exception {
		Map<Load, Bench.Contestant> contestants = new LinkedHashMap<>();
		List<Bench.Server> servers = new ArrayList<>();
		try {
			for (Load load : loads) {
				Bench.Server server = bench.server();
				servers.add(server);
				Bench.Contestant contestant = bench.contestant(load.kind(), IdleProbe.class)
					.flags(Bench.LARGE)
					.start(server);
				contestants.put(load, contestant);
				open(server, contestant, load);
			}
			TimeUnit.SECONDS.sleep(bench.size(REST_SECONDS, 1));
			Map<Load, Reply> replies = new LinkedHashMap<>();
			for (Map.Entry<Load, Bench.Contestant> contestant : contestants.entrySet()) {
				replies.put(contestant.getKey(), contestant.getValue().step("rest", 0));
			}
			return replies;
		}
		finally {
			contestants.values().forEach(Bench.Contestant::close);
			servers.forEach(Bench.Server::close);
		}
	}

}
