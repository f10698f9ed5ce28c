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
 * The script that ours comes from, under Node. It and the WebSocket client that it needs
 * there are installed by npm for the time of the run.
 *
 * @param directory where it is installed
 * @param reason why it is not, or {@code null} if it is
 */
public record NodePeer(Path directory, String reason) {

	private static final String SCRIPT = "peer.mjs";

	private static final List<String> PACKAGES = List.of("websocket-heartbeat-js@1.1.3", "ws@8");

	private static final long INSTALL_SECONDS = 120;

	/**
	 * Install it, if there is a Node.
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
	 * Start it. It connects when it is told to.
	 */
	public ChildProcess start(String url, Duration timeout, Duration reconnect) throws Exception {
		return ChildProcess.start("The script", List.of("node", this.directory.resolve(SCRIPT).toString(), url,
				String.valueOf(timeout.toMillis()), String.valueOf(reconnect.toMillis())), this.directory);
	}

}
