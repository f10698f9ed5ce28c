package io.github.heartbeat.benchmark;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;

/**
 * Describes the machine and the library versions of a run. The description is printed above
 * the figures.
 */
final class Surroundings {

	/** The libraries under test, by the names of their jars. */
	private static final List<String> LIBRARIES = List.of("spring-websocket", "spring-context",
			"tomcat-embed-websocket", "jetty-ee11-websocket-jakarta-client", "okhttp-jvm", "Java-WebSocket",
			"nv-websocket-client", "micrometer-core", "jmh-core");

	private static final Path CPU = Path.of("/proc/cpuinfo");

	/** Each connection of a client needs one descriptor, and the rest of the JVM needs some more. */
	private static final long DESCRIPTORS_NEEDED = 10_500;

	private Surroundings() {
	}

	static void print(PrintStream out, Path newerJavaHome) throws Exception {
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		out.printf("Measured on %s: JDK %s (%s)%s, %s %s %s, %d cores%s, %d GB, load %.1f when it began.%n%n",
				LocalDate.now(), Runtime.version(), System.getProperty("java.vendor"),
				(newerJavaHome != null) ? " and " + Jdks.version(newerJavaHome) : "", system.getName(),
				system.getVersion(), system.getArch(), system.getAvailableProcessors(), processor(),
				Math.round(system.getTotalMemorySize() / 1e9), system.getSystemLoadAverage());
		out.printf("Libraries: %s.%n%n", String.join(", ", libraries()));
		out.printf("Flags of every contestant: `%s`, or `%s` where there are many connections, `%s` with wss, and "
				+ "`%s` for detection. Figures are medians of the rounds, with the smallest and the largest. A ratio "
				+ "is the median of the ratios of each round, to the contestant whose ratio is 1.%n%n", String.join(" ", Bench.SMALL),
				String.join(" ", Bench.LARGE), String.join(" ", Bench.FIXED), String.join(" ", Bench.STEADY));
		if (system instanceof UnixOperatingSystemMXBean unix
				&& unix.getMaxFileDescriptorCount() < DESCRIPTORS_NEEDED) {
			out.printf("**Only %d file descriptors are allowed: rows with 10,000 connections fail. Raise the limit "
					+ "with `ulimit -n 20000`.**%n%n", unix.getMaxFileDescriptorCount());
		}
	}

	private static String processor() throws Exception {
		if (!Files.isReadable(CPU)) {
			return "";
		}
		return Files.readAllLines(CPU)
			.stream()
			.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
			.findFirst()
			.map((line) -> " (" + line.substring(line.indexOf(':') + 1).trim() + ")")
			.orElse("");
	}

	private static List<String> libraries() {
		List<String> libraries = new ArrayList<>();
		for (String library : LIBRARIES) {
			Matcher jar = Pattern.compile(library + "-([\\d.]+)\\.jar").matcher(System.getProperty("java.class.path"));
			if (jar.find()) {
				libraries.add(library + " " + jar.group(1));
			}
		}
		return libraries;
	}

}
