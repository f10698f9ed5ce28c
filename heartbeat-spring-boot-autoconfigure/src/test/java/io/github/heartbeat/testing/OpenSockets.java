package io.github.heartbeat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * What the operating system knows of the sockets and files of this process.
 */
public final class OpenSockets {

	private static final String ESTABLISHED = "01";

	private static final String SYN_SENT = "02";

	private OpenSockets() {
	}

	/**
	 * Return how many file descriptors are open, or 0 where that is not known.
	 */
	public static long fileDescriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? unix.getOpenFileDescriptorCount() : 0;
	}

	/**
	 * Return the local ports of the established connections to a port, or none where the
	 * kernel does not tell.
	 */
	public static Set<Integer> establishedTo(int remotePort) {
		return established().getOrDefault(remotePort, Set.of());
	}

	/**
	 * Return the local ports of all established connections by their remote port, or
	 * nothing where the kernel does not tell.
	 */
	public static Map<Integer, Set<Integer>> established() {
		return inState(ESTABLISHED);
	}

	/**
	 * Return the local ports of the sockets that are connecting to a port and have no
	 * answer yet, or none where the kernel does not tell.
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
			Files.readAllLines(table).stream().skip(1).map((line) -> line.trim().split("\\s+")).forEach((fields) -> {
				if (fields[3].equals(state)) {
					ports.computeIfAbsent(port(fields[2]), (port) -> new HashSet<>()).add(port(fields[1]));
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
