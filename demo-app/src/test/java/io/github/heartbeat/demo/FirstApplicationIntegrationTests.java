package io.github.heartbeat.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows "Start in two minutes" of the README in an empty folder. Requires the starter
 * in the local Maven repository, as the README states, so it does not run by default.
 */
@Timeout(240)
@EnabledIfSystemProperty(named = "heartbeat.installed", matches = "true")
class FirstApplicationIntegrationTests {

	private static final String README_URL = "ws://127.0.0.1:8080/feed";

	private final int port = FreePort.find();

	@TempDir
	private Path directory;

	private Process server;

	private Process application;

	@AfterEach
	void stop() throws InterruptedException {
		for (Process process : new Process[] { this.application, this.server }) {
			if (process != null) {
				List<ProcessHandle> descendants = process.descendants().toList();
				descendants.forEach(ProcessHandle::destroyForcibly);
				process.destroyForcibly().waitFor();
			}
		}
	}

	@Test
	void theApplicationOfReadmeIsTestedPrintsQuotesAndReconnects() throws Exception {
		String readme = Files.readString(Path.of("..", "README.md"));
		createFiles(readme);
		Process tests = start(this.directory, "tests.log", command(readme, "Run the test"));
		assertThat(tests.waitFor()).as(() -> output("tests.log")).isZero();
		assertThat(this.directory.resolve("target/surefire-reports/com.example.QuotesApplicationTests.txt")).content()
			.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
		this.server = startServer();
		this.application = start(this.directory, "application.log", command(readme, "Run it"));
		awaitOutput("Client 'quotes' is connected to " + url(), "Quote[symbol=EUR, price=");
		this.server.destroy();
		this.server.waitFor();
		awaitOutput("Client 'quotes' is not connected to " + url());
		this.server = startServer();
		awaitOutput("Client 'quotes' is connected to " + url() + " again after ");
	}

	/**
	 * The code block after the name of a file has its content.
	 */
	private void createFiles(String readme) throws IOException {
		Matcher file = Pattern.compile("`([\\w./-]+\\.(?:xml|yml|java))`:\\R+```\\w+\\R(.*?)```", Pattern.DOTALL)
			.matcher(readme);
		int files = 0;
		while (file.find()) {
			Path path = this.directory.resolve(file.group(1));
			Files.createDirectories(path.getParent());
			Files.writeString(path, file.group(2).replace(README_URL, url()));
			files++;
		}
		assertThat(files).isEqualTo(4);
	}

	private String url() {
		return README_URL.replace("8080", String.valueOf(this.port));
	}

	private static String[] command(String readme, String introduction) {
		Matcher command = Pattern.compile(introduction + ":\\R+```shell\\R(.*?)\\R```").matcher(readme);
		assertThat(command.find()).isTrue();
		return command.group(1).split(" ");
	}

	private Process startServer() throws IOException {
		return start(Path.of(""), "server.log", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-jar", Path.of("target", "heartbeat-demo-app.jar").toString(), "--server.port=" + this.port);
	}

	private Process start(Path workingDirectory, String log, String... command) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Arrays.asList(command))
			.directory(workingDirectory.toAbsolutePath().toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.directory.resolve(log).toFile()));
		builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
		return builder.start();
	}

	private void awaitOutput(String... texts) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(100))
			.pollInterval(100, TimeUnit.MILLISECONDS)
			.failFast("Maven has ended", () -> !this.application.isAlive())
			.untilAsserted(() -> assertThat(output()).contains(texts));
	}

	private String output() {
		return output("application.log");
	}

	private String output(String log) {
		try (Stream<String> lines = Files.lines(this.directory.resolve(log))) {
			return String.join("\n", lines.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
