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
 * Measures the memory and the threads of connections that are idle after one message of 9
 * bytes each. This library runs with a message limit of 1 MB.
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
		try (Resting resting = new Resting()) {
			Samples<Load> samples = Samples.take(id(), bench.rounds(3), loads, Set.copyOf(others),
					(load) -> resting.measure(bench, load));
			for (Load load : loads) {
				table.ratio("heap per idle ws connection", samples, load, raw, load.label(), "heap", Unit.KILOBYTES,
						(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_HEAP) : Bound.none());
			}
			for (Load load : List.of(raw, ours, oursOnJetty)) {
				table.ratio("RSS per idle ws connection", samples, load, raw, load.label(), "rss", Unit.KILOBYTES,
						Bound.none());
			}
			resting.await(bench.size(REST_SECONDS, 1));
			Samples<Load> rested = Samples.take("at rest", 1, loads, resting::usage);
			for (Load load : loads) {
				table.figure("threads of the JVM at rest", rested, load, load.label(), "threads", Unit.COUNT,
						(load == ours || load == oursOnJetty) ? Bound.atMost(MOST_THREADS) : Bound.none());
			}
		}
	}

	static Reply measure(Bench bench, Load load, boolean secure, List<String> flags, int settleSeconds) throws Exception {
		try (Opened opened = Opened.open(bench, load, secure, flags)) {
			return opened.contestant().step("rest", bench.size(settleSeconds, 1));
		}
	}

	/**
	 * A contestant with open connections, and its server.
	 */
	private record Opened(Bench.Server server, Bench.Contestant contestant) implements AutoCloseable {

		static Opened open(Bench bench, Load load, boolean secure, List<String> flags) throws Exception {
			Bench.Server server = secure ? bench.secureServer() : bench.server();
			Bench.Contestant contestant = null;
			try {
				contestant = bench.contestant(load.kind(), IdleProbe.class).flags(flags).start(server);
				contestant.step("connect", load.connections());
				server.ask("blast 1 9");
				return new Opened(server, contestant);
			}
			catch (Exception ex) {
				if (contestant != null) {
					contestant.close();
				}
				server.close();
				throw ex;
			}
		}

		@Override
		public void close() {
			this.contestant.close();
			this.server.close();
		}

	}

	/**
	 * The contestants of the first round. They stay idle while the next rounds are measured,
	 * because Tomcat releases idle threads after a minute.
	 */
	private static final class Resting implements AutoCloseable {

		private final Map<Load, Opened> resting = new LinkedHashMap<>();

		private long since = System.nanoTime();

		Reply measure(Bench bench, Load load) throws Exception {
			Opened opened = Opened.open(bench, load, false, Bench.LARGE);
			boolean rests = false;
			try {
				Reply reply = opened.contestant().step("rest", bench.size(SETTLE_SECONDS, 1));
				rests = this.resting.putIfAbsent(load, opened) == null;
				if (rests) {
					this.since = System.nanoTime();
				}
				return reply;
			}
			finally {
				if (!rests) {
					opened.close();
				}
			}
		}

		/**
		 * Wait until the most recent one has been idle for this time.
		 */
		void await(int seconds) throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(this.since + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime());
		}

		Reply usage(Load load) throws Exception {
			Opened opened = this.resting.get(load);
			if (opened == null) {
				throw new IllegalStateException("It has no connections");
			}
			return opened.contestant().step("rest", 0);
		}

		@Override
		public void close() {
			this.resting.values().forEach(Opened::close);
		}

	}

}
