package io.github.heartbeat.benchmark.row;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Machine;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures how fast messages are sent on one connection, by the clock of the server from the
 * first message to the last.
 */
public final class OutboundRow implements Row {

	private static final List<Kind> CONTESTANTS = List.of(Kind.RAW, Kind.OURS, Kind.RAW_JETTY, Kind.OURS_JETTY,
			Kind.OKHTTP, Kind.JAVA_WEBSOCKET, Kind.NV, Kind.JDK);

	private static final int[] THREADS = { 1, 4 };

	/** With 60,000 messages, the compiler was still working, and rounds differed by a factor of 3. */
	private static final int WARM_UP = 1_500_000;

	private static final int MESSAGES = 300_000;

	private static final String MESSAGE = "x".repeat(100);

	@Override
	public String id() {
		return "outbound";
	}

	@Override
	public void measure(Bench bench, Table table) {
		int warmUp = bench.size(WARM_UP, 4_000);
		int messages = bench.size(MESSAGES, 4_000);
		Samples<Kind> samples = Samples.take(id(), bench.rounds(5), CONTESTANTS, Kind.UNBOUNDED,
				(kind) -> measure(bench, kind, warmUp, messages));
		for (int threads : THREADS) {
			for (Kind kind : CONTESTANTS) {
				table.ratio("outbound messages of 100 B, " + threads + ((threads == 1) ? " thread" : " threads"),
						samples, kind, Kind.RAW, label(kind), "rate" + threads, Unit.THOUSANDS_PER_SECOND,
						(kind == Kind.OURS) ? Bound.atLeast(2) : Bound.none());
			}
		}
	}

	private static String label(Kind kind) {
		return kind.label() + ((kind == Kind.RAW || kind == Kind.RAW_JETTY) ? ", with a lock" : "");
	}

	private static Reply measure(Bench bench, Kind kind, int warmUp, int messages)
			throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, OutboundProbe.class)
					.flags(Bench.SMALL)
					.start(server)) {
			server.ask("answer NONE");
			contestant.step("connect");
			Reply reply = new Reply();
			for (int threads : THREADS) {
				send(server, contestant, threads, warmUp);
				Reply cpu = send(server, contestant, threads, messages);
				reply.with("rate" + threads, (messages - 1) * 1e9 / cpu.get("nanos"))
					.with("cpu" + threads, cpu.get("cpu"));
			}
			return reply;
		}
	}

	private static Reply send(Bench.Server server, Bench.Contestant contestant, int threads, int messages)
			throws Exception {
		server.ask("expect " + messages);
		contestant.step("threads", threads);
		contestant.begin("send", messages);
		Reply received = server.ask("received 50");
		return contestant.end(Duration.ofSeconds(30)).with(received);
	}

	/**
	 * Sends messages.
	 */
	public static final class OutboundProbe implements Probe {

		private Connection connection;

		private int threads;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			switch (step) {
				case "connect" -> this.connection = host.connect(1, (index) -> new Connections()).get(0);
				case "threads" -> this.threads = (int) argument;
				default -> {
					return send(argument);
				}
			}
			return new Reply();
		}

		private Reply send(long messages) throws Exception {
			long before = Machine.cpuNanos();
			ExecutorService executor = Executors.newFixedThreadPool(this.threads);
			try {
				List<Callable<Void>> tasks = new ArrayList<>();
				for (int i = 0; i < this.threads; i++) {
					tasks.add(() -> sendShare(messages / this.threads));
				}
				for (Future<Void> task : executor.invokeAll(tasks)) {
					task.get();
				}
			}
			finally {
				executor.shutdownNow();
			}
			return new Reply().with("cpu", (Machine.cpuNanos() - before) / (double) messages);
		}

		private Void sendShare(long messages) throws Exception {
			Connection.Sender sender = this.connection.sender(this.threads);
			for (long i = 0; i < messages; i++) {
				sender.send(MESSAGE);
			}
			return null;
		}

	}

}
