package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.BooleanSupplier;

import com.sun.management.UnixOperatingSystemMXBean;
import org.awaitility.Awaitility;

/**
 * The sockets and files of this process, as the operating system reports them.
 */
public final class OpenSockets {

	private static final String ESTABLISHED = "01";

	private static final String SYN_SENT = "02";

	private OpenSockets() {
	}

	/**
	 * Return the number of open file descriptors, or 0 if it is unknown.
	 */
	public static long fileDescriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? unix.getOpenFileDescriptorCount() : 0;
	}

	/**
	 * Wait until a condition that depends on reports of the kernel is true. For each
	 * report, the kernel examines its table of all sockets, which takes about ten
	 * milliseconds of processor time.
	 */
	public static void await(BooleanSupplier condition) {
		Awaitility.await()
			.pollInSameThread()
			.atMost(Duration.ofSeconds(10))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(25))
			.until(condition::getAsBoolean);
	}

	/**
	 * Return the local ports of the established connections to a port. The result is
	 * empty if the kernel does not report them.
	 */
	public static Set<Integer> establishedTo(int remotePort) {
		return established().getOrDefault(remotePort, Set.of());
	}

	/**
	 * Return the local ports of all established connections by remote port. The result is
	 * empty if the kernel does not report them.
	 */
	public static Map<Integer, Set<Integer>> established() {
		return inState(ESTABLISHED);
	}

	/**
	 * Return the local ports of the sockets whose connect to a port is not answered yet.
	 * The result is empty if the kernel does not report them.
	 */
	public static Set<Integer> connectingTo(int remotePort) {
		return inState(SYN_SENT).getOrDefault(remotePort, Set.of());
	}

	private static Map<Integer, Set<Integer>> inState(String state) {
		Map<Integer, Set<Integer>> ports = new HashMap<>();
		for (String table : new String[] { "/proc/self/net/tcp", "/proc/self/net/tcp6" }) {
			Path path = Path.of(table);
			if (Files.isReadable(path)) {
				add(path, state, ports);
			}
		}
		return ports;
	}

	private static void add(Path table, String state, Map<Integer, Set<Integer>> ports) {
		try {
			Files.readAllLines(table).stream().skip(1).map(StringTokenizer::new).forEach((fields) -> {
				fields.nextToken();
				String local = fields.nextToken();
				String remote = fields.nextToken();
				if (fields.nextToken().equals(state)) {
					ports.computeIfAbsent(port(remote), (port) -> new HashSet<>()).add(port(local));
				}
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int port(String address) {
		return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
	}

}
