package io.github.heartbeat.demo.replica;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.demo.DemoProcess;
import io.github.heartbeat.demo.FreePort;
import org.awaitility.Awaitility;

/**
 * Processes of a server and its replicas.
 */
public final class Replicas implements AutoCloseable {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final String databasePort = "--demo.replica.database-port=" + FreePort.find();

	private final List<DemoProcess> replicas = new ArrayList<>();

	private final DemoProcess server;

	/**
	 * Start a server and its replicas.
	 * @param directory the directory for their output
	 * @param count the number of replicas
	 * @param options additional options of the replicas
	 */
	public Replicas(Path directory, int count, String... options) throws Exception {
		this.server = DemoProcess.start(directory, "--spring.profiles.active=replica-server", this.databasePort);
		try {
			this.server.awaitReady();
			for (int i = 0; i < count; i++) {
				List<String> arguments = new ArrayList<>(List.of(options));
				arguments.addAll(List.of("--spring.profiles.active=replica", this.databasePort,
						"--demo.replica.server=ws://127.0.0.1:" + this.server.port()));
				this.replicas.add(DemoProcess.start(directory, arguments.toArray(String[]::new)));
			}
			this.replicas.forEach(DemoProcess::awaitReady);
		}
		catch (Exception | AssertionError ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Wait until one of some replicas leads and is connected.
	 * @param candidates the replicas
	 * @return the leader
	 */
	public DemoProcess awaitLeader(List<DemoProcess> candidates) {
		List<DemoProcess> leaders = new ArrayList<>();
		Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(50)).until(() -> {
			leaders.clear();
			for (DemoProcess candidate : candidates) {
				if (countOpen(candidate) >= 2) {
					leaders.add(candidate);
				}
			}
			return leaders.size() == 1;
		});
		return leaders.get(0);
	}

	/**
	 * Return how many clients of a replica are led by it and open.
	 */
	private static int countOpen(DemoProcess replica) throws IOException, InterruptedException {
		String clients = replica.get("actuator/heartbeat");
		return (clients != null && clients.contains("\"held\":true"))
				? clients.split("\"state\":\"OPEN\"", -1).length - 1 : 0;
	}

	/**
	 * Return the number of connections of the server.
	 * @return the text that contains the number
	 */
	public String connections() throws IOException, InterruptedException {
		String faults = this.server.get("faults");
		return (faults != null) ? faults.lines().findFirst().orElse("") : "";
	}

	/**
	 * Return the server.
	 * @return the server
	 */
	public DemoProcess server() {
		return this.server;
	}

	/**
	 * Return all replicas.
	 * @return the replicas
	 */
	public List<DemoProcess> all() {
		return this.replicas;
	}

	/**
	 * Return all replicas except some.
	 * @param excluded the exceptions
	 * @return the others
	 */
	public List<DemoProcess> allBut(DemoProcess... excluded) {
		List<DemoProcess> others = new ArrayList<>(this.replicas);
		others.removeAll(List.of(excluded));
		return others;
	}

	@Override
	public void close() {
		this.replicas.forEach(DemoProcess::close);
		this.server.close();
	}

}
