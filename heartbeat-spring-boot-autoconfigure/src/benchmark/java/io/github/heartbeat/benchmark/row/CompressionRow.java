package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures what compression costs: the CPU time for a received message of 100 bytes of JSON,
 * and the memory of connections that are idle after one such message and a sent one. The
 * server compresses with context takeover.
 */
public final class CompressionRow implements Row {

	private static final List<Kind> CONTESTANTS = List.of(Kind.RAW_COMPRESSED, Kind.OURS_COMPRESSED, Kind.RAW, Kind.OURS,
			Kind.RAW_JETTY_COMPRESSED, Kind.OURS_JETTY_COMPRESSED, Kind.RAW_JETTY, Kind.OURS_JETTY);

	private static final Set<Kind> ONCE = Set.of(Kind.RAW_JETTY_COMPRESSED, Kind.OURS_JETTY_COMPRESSED, Kind.RAW_JETTY,
			Kind.OURS_JETTY);

	private static final Map<Kind, Bound> CPU_BOUNDS = Map.of(Kind.OURS_COMPRESSED, Bound.atMost(1.2));

	private static final Map<Kind, Bound> MEMORY_BOUNDS = Map.of(Kind.OURS_COMPRESSED, Bound.atMost(1));

	private static final int WARM_UP = 2_500_000;

	private static final int MESSAGES = 3_000_000;

	@Override
	public String id() {
		return "compression";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int connections = bench.size(1_000, 50);
		Samples<Kind> inbound = Samples.take(id() + ", inbound", bench.rounds(3), CONTESTANTS, ONCE,
				(kind) -> inbound(bench, kind));
		Samples<Kind> idle = Samples.take(id() + ", idle", bench.rounds(2), CONTESTANTS, ONCE,
				(kind) -> idle(bench, kind, connections));
		for (Kind kind : CONTESTANTS) {
			table.ratio("client CPU per inbound message of 100 B of JSON", inbound, kind, Kind.RAW_COMPRESSED,
					kind.label(), "cpu", Unit.NANOS, CPU_BOUNDS.getOrDefault(kind, Bound.none()));
		}
		for (Kind kind : CONTESTANTS) {
			String label = new Load(kind, connections).label();
			table.ratio("heap per idle ws connection, with and without compression", idle, kind, Kind.RAW_COMPRESSED,
					label, "heap", Unit.KILOBYTES, MEMORY_BOUNDS.getOrDefault(kind, Bound.none()));
			table.ratio("RSS per idle ws connection, with and without compression", idle, kind, Kind.RAW_COMPRESSED,
					label, "rss", Unit.KILOBYTES, Bound.none());
		}
	}

	private static Reply inbound(Bench bench, Kind kind) throws Exception {
		int warmUp = bench.size(WARM_UP, 20_000);
		int messages = bench.size(MESSAGES, 20_000);
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, InboundRow.InboundProbe.class)
					.flags(Bench.SMALL)
					.start(server)) {
			server.ask("compress");
			contestant.step("connect", warmUp);
			contestant.begin("receive", messages);
			server.ask("quotes " + (warmUp + messages));
			return contestant.end(Duration.ofSeconds(60));
		}
	}

	private static Reply idle(Bench bench, Kind kind, int connections) throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, IdleProbe.class)
					.flags(Bench.FIXED)
					.start(server)) {
			server.ask("compress");
			server.ask("answer NONE");
			contestant.step("connect", connections);
			server.ask("quotes 1");
			contestant.step("send");
			return contestant.step("rest", bench.size(IdleRow.THREADS_SETTLE_SECONDS, 1));
		}
	}

}
