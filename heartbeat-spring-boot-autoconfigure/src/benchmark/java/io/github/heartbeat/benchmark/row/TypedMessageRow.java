package io.github.heartbeat.benchmark.row;

import java.util.List;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;

/**
 * Measures the time that a message in JSON needs on one side of the network, compared with code
 * that parses or writes the text by hand.
 */
public final class TypedMessageRow implements Row {

	private static final String BENCHMARK = "TypedMessageBenchmark.";

	private static final double MOST = 1.1;

	private final String id;

	private final String what;

	private final Side byHand;

	private final Side ours;

	private TypedMessageRow(String id, String what, Side byHand, Side ours) {
		this.id = id;
		this.what = what;
		this.byHand = byHand;
		this.ours = ours;
	}

	/**
	 * From the container to a method with a record as its parameter.
	 */
	public static TypedMessageRow inbound() {
		return new TypedMessageRow("typed", "JMH, per inbound JSON message: time",
				new Side("parseByHand", "parsed in a HeartbeatListener"),
				new Side("typedMethod", "@HeartbeatMessageListener"));
	}

	/**
	 * From the call of a sender until the message is written.
	 */
	public static TypedMessageRow outbound() {
		return new TypedMessageRow("convert", "JMH, per outbound JSON message: time",
				new Side("writeByHand", "written by hand, then send"), new Side("convertAndSend", "convertAndSend"));
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public void measure(Bench bench, Table table) {
		Samples<Side> samples = Samples.take(id(), bench.rounds(3), List.of(this.byHand, this.ours),
				(side) -> EngineRow.run(bench, BENCHMARK + side.benchmark()));
		table.ratio(this.what, samples, this.byHand, this.byHand, this.byHand.label(), "time", Unit.NANOS,
				Bound.none());
		table.ratio(this.what, samples, this.ours, this.byHand, this.ours.label(), "time", Unit.NANOS,
				Bound.atMost(MOST));
	}

	/**
	 * One of the two that are compared.
	 */
	private record Side(String benchmark, String label) {
	}

}
