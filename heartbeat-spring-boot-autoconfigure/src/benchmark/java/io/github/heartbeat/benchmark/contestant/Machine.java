package io.github.heartbeat.benchmark.contestant;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.github.heartbeat.benchmark.process.Reply;

/**
 * Resource usage of the JVM of a contestant.
 */
public final class Machine {

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private static final Path STATUS = Path.of("/proc/self/status");

	private Machine() {
	}

	/**
	 * Return the CPU time of the whole process, including all its threads.
	 */
	public static long cpuNanos() {
		return SYSTEM.getProcessCpuTime();
	}

	/**
	 * Return the used memory, the number of threads and the number of descriptors.
	 */
	public static Reply usage() throws IOException {
		System.gc();
		System.gc();
		return new Reply().with("heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
			.with("rss", residentBytes())
			.with("threads", ManagementFactory.getThreadMXBean().getThreadCount())
			.with("descriptors",
					(SYSTEM instanceof UnixOperatingSystemMXBean unix) ? unix.getOpenFileDescriptorCount() : -1);
	}

	/**
	 * Return the resident set size of the process, or -1 if the operating system does not report
	 * it.
	 */
	private static long residentBytes() throws IOException {
		if (!Files.isReadable(STATUS)) {
			return -1;
		}
		for (String line : Files.readAllLines(STATUS)) {
			if (line.startsWith("VmRSS:")) {
				return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
			}
		}
		return -1;
	}

}
