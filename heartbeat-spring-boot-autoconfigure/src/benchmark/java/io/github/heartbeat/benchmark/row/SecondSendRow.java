package io.github.heartbeat.benchmark.row;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.contestant.Connection;
import io.github.heartbeat.benchmark.contestant.Host;
import io.github.heartbeat.benchmark.contestant.Kind;
import io.github.heartbeat.benchmark.contestant.Probe;
import io.github.heartbeat.benchmark.contestant.Receiver;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Measures the time until the answer to the second of two messages that are sent directly
 * after each other. Without TCP_NODELAY, the second message waits for the acknowledgement of
 * the first, which the server's operating system delays.
 */
public final class SecondSendRow implements Row {

	private static final List<Kind> CONTESTANTS = List.of(Kind.RAW, Kind.OURS, Kind.RAW_JETTY, Kind.OURS_JETTY,
			Kind.OKHTTP, Kind.JAVA_WEBSOCKET, Kind.NV, Kind.JDK);

	private static final Set<Kind> ONCE = EnumSet.complementOf(EnumSet.of(Kind.OURS, Kind.OURS_JETTY));

	private static final double MOST_NANOS = 5e6;

	@Override
	public String id() {
		return "second-send";
	}

	@Override
	public void measure(Bench bench, Table table) {
		Samples<Kind> samples = Samples.take(id(), bench.rounds(5), CONTESTANTS, ONCE,
				(kind) -> measure(bench, kind, bench.size(30, 16)));
		for (Kind kind : CONTESTANTS) {
			boolean ours = kind == Kind.OURS || kind == Kind.OURS_JETTY;
			table.figure("answer to the second of two sends", samples, kind, kind.label(), "answer", Unit.MILLIS,
					ours ? new Bound("≤ 5 ms", (value) -> value <= MOST_NANOS) : Bound.none());
		}
	}

	private static Reply measure(Bench bench, Kind kind, int pairs) throws Exception {
		try (Bench.Server server = bench.server();
				Bench.Contestant contestant = bench.contestant(kind, SecondSendProbe.class)
					.flags(Bench.SMALL)
					.start(server)) {
			server.ask("answer QUESTIONS");
			contestant.step("connect");
			return contestant.step("send", pairs);
		}
	}

	/**
	 * Sends pairs of messages. The server answers the second message of each pair.
	 */
	public static final class SecondSendProbe implements Probe, Receiver {

		private final Semaphore answers = new Semaphore(0);

		private Connection connection;

		@Override
		public Reply run(Host host, String step, long argument) throws Exception {
			if (step.equals("connect")) {
				this.connection = host.connect(1, (index) -> this).get(0);
				return new Reply();
			}
			int pairs = (int) argument;
			long[] nanos = new long[pairs];
			for (int i = 0; i < pairs; i++) {
				nanos[i] = sendPair();
			}
			long[] later = Arrays.copyOfRange(nanos, pairs / 2, pairs);
			Arrays.sort(later);
			return new Reply().with("answer", later[later.length / 2]);
		}

		private long sendPair() throws Exception {
			long start = System.nanoTime();
			this.connection.send("a statement");
			this.connection.send("? a question");
			if (!this.answers.tryAcquire(10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("No answer");
			}
			return System.nanoTime() - start;
		}

		@Override
		public void received(CharSequence text) {
			this.answers.release();
		}

	}

}
