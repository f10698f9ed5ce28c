package io.github.heartbeat.demo;

import org.springframework.test.util.TestSocketUtils;

/**
 * Ports for servers that start later. Such a port is not one that the operating system
 * gives to outgoing connections, as they could take it before the server does. It is also
 * not one that browsers block.
 */
public final class FreePort {

	/** Linux begins here, other systems at 49152. */
	private static final int FIRST_OF_OUTGOING_CONNECTIONS = 32768;

	/** The Fetch standard, section "Port blocking". */
	private static final int LAST_BLOCKED_BY_BROWSERS = 10080;

	private FreePort() {
	}

	/**
	 * Find a port on which no server listens.
	 * @return the port
	 */
	public static int find() {
		int port;
		do {
			port = TestSocketUtils.findAvailableTcpPort();
		}
		while (port <= LAST_BLOCKED_BY_BROWSERS || port >= FIRST_OF_OUTGOING_CONNECTIONS);
		return port;
	}

}
