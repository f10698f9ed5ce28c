package io.github.heartbeat.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.benchmark.process.ChildProcess;

/**
 * Runs the Node script on which this library is based. npm installs the script and the
 * WebSocket client that it needs for the duration of the run.
 * @param directory the installation directory
 * @param reason why the script is not installed, or {@code null} if it is installed
 */
public record NodePeer(Path directory, String reason) {

	private static final String SCRIPT = "peer.mjs";

	private static final List<String> PACKAGES = List.of("websocket-heartbeat-js@1.1.3", "ws@8");

	private static final long INSTALL_SECONDS = 120;

	/**
	 * Install the script, if Node is available.
	 */
	public static NodePeer install(Path parent) throws Exception {
		Path directory = Files.createTempDirectory(parent, "node");
		if (!runs(directory, List.of("node", "--version"))) {
			return new NodePeer(directory, "there is no node");
		}
		Files.writeString(directory.resolve("package.json"), "{\"private\":true}");
		List<String> install = new ArrayList<>(
				List.of("npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"));
		install.addAll(PACKAGES);
		if (!runs(directory, install)) {
			return new NodePeer(directory, "npm could not install " + String.join(" and ", PACKAGES));
		}
		try (InputStream script = NodePeer.class.getResourceAsStream(SCRIPT)) {
			Files.copy(script, directory.resolve(SCRIPT));
		}
		return new NodePeer(directory, null);
	}

	private static boolean runs(Path directory, List<String> line) throws InterruptedException {
		try {
			Process process = new ProcessBuilder(line).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("output").toFile())
				.start();
			if (process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
				return process.exitValue() == 0;
			}
			process.destroyForcibly();
			return false;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Start the script. It connects when it receives the command.
	 */
	public ChildProcess start(String url, Duration timeout, Duration reconnect) throws Exception {
		return ChildProcess.start("The script", List.of("node", this.directory.resolve(SCRIPT).toString(), url,
				String.valueOf(timeout.toMillis()), String.valueOf(reconnect.toMillis())), this.directory);
	}

}
