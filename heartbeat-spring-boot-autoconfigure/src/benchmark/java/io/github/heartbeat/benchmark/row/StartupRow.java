package io.github.heartbeat.benchmark.row;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.heartbeat.benchmark.Bench;
import io.github.heartbeat.benchmark.Bound;
import io.github.heartbeat.benchmark.Row;
import io.github.heartbeat.benchmark.Samples;
import io.github.heartbeat.benchmark.Table;
import io.github.heartbeat.benchmark.Unit;
import io.github.heartbeat.benchmark.process.ChildProcess;
import io.github.heartbeat.benchmark.process.CommandLoop;
import io.github.heartbeat.benchmark.process.Reply;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Measures what the starter adds to the start of a Spring Boot application. All optional
 * features are on the classpath and off. The same application without the classes of the
 * starter runs directly before each measured one.
 */
public final class StartupRow implements Row {

	private static final double MOST_CLASSES = 60;

	@Override
	public String id() {
		return "startup";
	}

	@Override
	public void measure(Bench bench, Table table) {
		List<Application> applications = List.of(Application.values());
		Samples<Application> samples = Samples.take(id(), bench.rounds(3), applications,
				(application) -> measure(bench, application));
		for (Application application : applications) {
			boolean idle = application == Application.NO_CLIENT;
			table.figure("start of an application: additional classes", samples, application, application.label,
					"classes", Unit.COUNT, idle ? Bound.atMost(MOST_CLASSES) : Bound.none());
			table.figure("start of an application: additional threads", samples, application, application.label,
					"threads", Unit.COUNT, idle ? Bound.atMost(0) : Bound.none());
			table.figure("start of an application: additional heap", samples, application, application.label, "heap",
					Unit.KILOBYTES, Bound.none());
			table.figure("start of an application: additional time", samples, application, application.label, "time",
					Unit.MILLIS, Bound.none());
		}
	}

	private static Reply measure(Bench bench, Application application) throws Exception {
		Reply without = start(bench, List.of("-cp", classPathWithoutStarter()), "");
		Reply with = start(bench, List.of(), application.properties);
		Reply difference = new Reply();
		with.values().forEach((name, value) -> difference.with(name, value - without.get(name)));
		return difference;
	}

	private static Reply start(Bench bench, List<String> flags, String properties) throws Exception {
		try (ChildProcess process = bench.process(flags, Main.class)) {
			return process.ask("start " + properties, Duration.ofSeconds(60));
		}
	}

	private static String classPathWithoutStarter() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith(File.separator + "target" + File.separator + "classes"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private enum Application {

		NO_CLIENT("without a client", ""),

		ONE_CLIENT("one client that cannot connect", "heartbeat.clients.benchmark.url=ws://localhost:1/");

		private final String label;

		private final String properties;

		Application(String label, String properties) {
			this.label = label;
			this.properties = properties;
		}

	}

	/**
	 * Starts the application in a JVM of its own.
	 */
	public static final class Main {

		private Main() {
		}

		/**
		 * Serve the command.
		 */
		public static void main(String[] arguments) throws InterruptedException {
			CommandLoop.serve(Map.of("start", Main::start));
		}

		private static Reply start(String[] properties) {
			long begin = System.nanoTime();
			new SpringApplicationBuilder(Empty.class).web(WebApplicationType.NONE).properties(properties).run();
			long time = System.nanoTime() - begin;
			Reply reply = new Reply().with("time", time)
				.with("classes", ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount())
				.with("threads", ManagementFactory.getThreadMXBean().getThreadCount());
			System.gc();
			return reply.with("heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	private static final class Empty {

	}

}
