package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.NodePeer;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Receiver;
import io.github.heartbeat.benchmark.process.ChildProcess;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures how long a frozen link stays undetected, and how long it takes until a new
 * connection is open.
 * <p>
 * All contestants use the same interval and connect to the same server at the same moment, so
 * that their heartbeats are synchronized, and the server freezes all of them at once.
 * Otherwise, the time between the freeze and the next heartbeat would decide the result. The
 * freeze happens at a different point of the interval in every round. If a contestant opened
 * later than the first one, the difference is subtracted from its times. Each contestant in a
 * JVM previously had another connection that lasted long enough for a heartbeat. The script
 * takes part only in the first round, because it waits for the answer to its close frame.
 * <p>
 * There is no bound for the detection: clients that ping with the same timeouts detect within
 * 20 ms of each other.
 */
public final class NoticeRow implements Row {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final Duration RECONNECT = Duration.ofMillis(500);

	private static final List<Kind> KINDS = List.of(Kind.OURS, Kind.OURS_JETTY, Kind.OKHTTP, Kind.JAVA_WEBSOCKET);

	private static final String NODE = "websocket-heartbeat-js 1.1.3 with ws";

	/** A contestant that sends a close frame waits half a minute for the answer. */
	private static final Duration PATIENCE = Duration.ofSeconds(50);

	@Override
	public String id() {
		return "notice";
	}

	@Override
	public void measure(Bench bench, Table table) throws Exception {
		NodePeer node = NodePeer.install(bench.directory());
		List<String> contestants = new ArrayList<>(KINDS.stream().map(Kind::label).toList());
		if (node.reason() == null) {
			contestants.add(NODE);
		}
		int rounds = bench.rounds(5);
		Samples<String> samples = Samples.takeTogether(id(), rounds, contestants, Set.of(NODE),
				(round) -> measure(bench, node, round, rounds));
		String noticed = "frozen link, timeouts of 2 s: until noticed";
		String open = "frozen link, timeouts of 2 s, reconnect after 0.5 s: until open again";
		for (String contestant : contestants) {
			table.figure(noticed, samples, contestant, contestant, "noticed", Unit.MILLIS, Bound.none());
		}
		List<String> reconnecting = contestants.stream()
			.filter((contestant) -> samples.has(contestant, "open"))
			.toList();
		for (String contestant : reconnecting) {
			boolean ours = contestant.equals(Kind.OURS.label());
			table.figure(open, samples, contestant, contestant, "open", Unit.MILLIS,
					ours ? first(samples, reconnecting, "open") : Bound.none());
		}
		if (node.reason() != null) {
			table.skipped(noticed, NODE, node.reason());
		}
	}

	private static Bound first(Samples<String> samples, List<String> contestants, String name) {
		OptionalDouble best = contestants.stream()
			.filter((contestant) -> !contestant.startsWith("ours") && samples.has(contestant, name))
			.mapToDouble((contestant) -> samples.median(contestant, name))
			.min();
		return best.isPresent() ? new Bound("first", (value) -> value <= best.getAsDouble()) : Bound.none();
	}

	private static Map<String, Reply> measure(Bench bench, NodePeer node, int round, int rounds) throws Exception {
		Map<Kind, Bench.Contestant> contestants = new LinkedHashMap<>();
		ChildProcess script = null;
		try (Bench.Server server = bench.server()) {
			for (Kind kind : KINDS) {
				contestants.put(kind, bench.contestant(kind, NoticeProbe.class)
					.flags(Bench.SMALL)
					.timeout(TIMEOUT)
					.reconnect(RECONNECT)
					.start(server));
			}
			script = (round == 0 && node.reason() == null) ? node.start(server.url(), TIMEOUT, RECONNECT) : null;
			for (Bench.Contestant contestant : contestants.values()) {
				contestant.begin("warm-up", 0);
			}
			for (Bench.Contestant contestant : contestants.values()) {
				contestant.end(PATIENCE);
			}
			connectTogether(contestants, script);
			double phase = (round + 0.5) / rounds;
			TimeUnit.MILLISECONDS.sleep((long) (TIMEOUT.toMillis() * (1 + phase)));
			double frozenAt = server.ask("freeze now").get("at");
			return await(contestants, script, frozenAt);
		}
		finally {
			contestants.values().forEach(Bench.Contestant::close);
			if (script != null) {
				script.close();
			}
		}
	}

	private static void connectTogether(Map<Kind, Bench.Contestant> contestants, ChildProcess script)
			throws Exception {
		for (Bench.Contestant contestant : contestants.values()) {
			contestant.begin("connect", 0);
		}
		if (script != null) {
			script.ask("connect", PATIENCE);
		}
		for (Bench.Contestant contestant : contestants.values()) {
			contestant.end(PATIENCE);
		}
	}

	private static Map<String, Reply> await(Map<Kind, Bench.Contestant> contestants, ChildProcess script,
			double frozenAt) throws Exception {
		for (Bench.Contestant contestant : contestants.values()) {
			contestant.begin("await", 0);
		}
		if (script != null) {
			script.tell("await");
		}
		Map<String, Reply> replies = new LinkedHashMap<>();
		for (Map.Entry<Kind, Bench.Contestant> contestant : contestants.entrySet()) {
			replies.put(contestant.getKey().label(), contestant.getValue().end(PATIENCE));
		}
		if (script != null) {
			replies.put(NODE, script.await(PATIENCE));
		}
		double firstOpened = replies.values().stream().mapToDouble((reply) -> reply.get("opened")).min().orElseThrow();
		replies.replaceAll((contestant, times) -> since(frozenAt + times.get("opened") - firstOpened, times));
		return replies;
	}

	private static Reply since(double start, Reply times) {
		Reply since = new Reply();
		times.values().forEach((name, at) -> since.with(name, at - start));
		return since;
	}

	/**
	 * Records when the connection opened, when it ended, and when the next one opened.
	 */
	public static final class NoticeProbe implements Probe, Receiver {

		private final CountDownLatch noticed = new CountDownLatch(1);

		private final CountDownLatch openAgain = new CountDownLatch(2);

		private volatile long noticedAt;

		private volatile long openedAt;

		private volatile long openAt;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			switch (step) {
				case "warm-up" -> {
					Connection connection = host.connect(1, (index) -> new Connections()).get(0);
					TimeUnit.MILLISECONDS.sleep(TIMEOUT.toMillis() * 3 / 2);
					connection.close();
				}
				case "connect" -> host.connect(1, (index) -> this);
				default -> {
					return times(host);
				}
			}
			return new Reply();
		}

		private Reply times(Host host) throws Exception {
			if (!this.noticed.await(PATIENCE.toSeconds() - 10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The frozen link was not noticed");
			}
			Reply reply = new Reply().with("opened", this.openedAt).with("noticed", this.noticedAt);
			if (host.kind() != Kind.OURS && host.kind() != Kind.OURS_JETTY) {
				return reply;
			}
			if (!this.openAgain.await(PATIENCE.toSeconds() - 10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("There was no other connection");
			}
			return reply.with("open", this.openAt);
		}

		@Override
		public void opened() {
			this.openAt = System.nanoTime();
			if (this.openedAt == 0) {
				this.openedAt = this.openAt;
			}
			this.openAgain.countDown();
		}

		@Override
		public void ended() {
			if (this.noticed.getCount() > 0) {
				this.noticedAt = System.nanoTime();
				this.noticed.countDown();
			}
		}

	}

}
