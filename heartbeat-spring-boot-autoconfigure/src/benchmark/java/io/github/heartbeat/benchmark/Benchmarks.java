package io.github.heartbeat.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.github.heartbeat.benchmark.row.CompressionRow;
import io.github.heartbeat.benchmark.row.DetectionRow;
import io.github.heartbeat.benchmark.row.EngineRow;
import io.github.heartbeat.benchmark.row.EnduranceRow;
import io.github.heartbeat.benchmark.row.GrowthRow;
import io.github.heartbeat.benchmark.row.HeartbeatCostRow;
import io.github.heartbeat.benchmark.row.IdleRow;
import io.github.heartbeat.benchmark.row.InboundRow;
import io.github.heartbeat.benchmark.row.NoticeRow;
import io.github.heartbeat.benchmark.row.OutboundRow;
import io.github.heartbeat.benchmark.row.RestartRow;
import io.github.heartbeat.benchmark.row.SecondSendRow;
import io.github.heartbeat.benchmark.row.SecureIdleRow;
import io.github.heartbeat.benchmark.row.StartupRow;
import io.github.heartbeat.benchmark.row.TypedMessageRow;

/**
 * Runs the rows and prints the table.
 */
public final class Benchmarks {

	private static final List<Row> TABLE = List.of(new InboundRow(), new OutboundRow(), new EngineRow(), TypedMessageRow.inbound(),
			TypedMessageRow.outbound(), new CompressionRow(), new IdleRow(),
			new SecureIdleRow(), new HeartbeatCostRow(), new DetectionRow(), new NoticeRow(), new RestartRow(), new SecondSendRow(),
			new StartupRow());

	private static final List<Row> GROWTH = List.of(new GrowthRow());

	private Benchmarks() {
	}

	/**
	 * Run the suite. Exits with status 1 if a required measurement failed. A missed bound does
	 * not change the exit status.
	 * @param arguments none; the options are system properties
	 */
	public static void main(String[] arguments) throws Exception {
		Options options = Options.fromSystemProperties();
		Path directory = Files.createTempDirectory("heartbeat-benchmark");
		boolean complete;
		try {
			complete = run(options, directory);
		}
		finally {
			delete(directory);
		}
		System.exit(complete ? 0 : 1);
	}

	private static boolean run(Options options, Path directory) throws Exception {
		Path newerJavaHome = Jdks.newer();
		Bench bench = new Bench(directory, options.quick(), options.rounds(), newerJavaHome);
		Table table = new Table(!options.quick());
		long start = System.nanoTime();
		for (Row row : rows(options)) {
			if (options.wants(row.id())) {
				measure(row, bench, table);
			}
		}
		System.out.println();
		Surroundings.print(System.out, newerJavaHome);
		table.print(System.out);
		System.out.printf("%nThis took %d minutes.%n", Math.round((System.nanoTime() - start) / 60e9));
		return !table.hasFailed();
	}

	/**
	 * If a row fails completely, the other rows still run.
	 */
	private static void measure(Row row, Bench bench, Table table) {
		long start = System.nanoTime();
		try {
			row.measure(bench, table);
		}
		catch (Exception ex) {
			ex.printStackTrace();
			table.failed(row.id(), "all", ex.toString(), Bound.none());
		}
		System.err.printf("%s took %d s%n", row.id(), (System.nanoTime() - start) / 1_000_000_000);
	}

	private static List<Row> rows(Options options) {
		return switch (options.mode()) {
			case TABLE -> TABLE;
			case GROWTH -> GROWTH;
			case ENDURANCE -> List.of(new EnduranceRow(options.endurance()));
		};
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
	}

}
