package io.github.heartbeat.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged demo application, running in a process on a free port.
 */
public final class DemoProcess implements AutoCloseable {

	private static final HttpClient http = HttpClient.newHttpClient();

	private static final Duration STARTUP = Duration.ofSeconds(90);

	private static final Duration ANSWER = Duration.ofSeconds(2);

	private final int port = FreePort.find();

	private final Path output;

	private final Process process;

	private DemoProcess(Path directory, String... arguments) throws IOException {
		this.output = directory.resolve("output-" + this.port);
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar",
						Path.of("target", "heartbeat-demo-app.jar").toString(), "--server.port=" + this.port));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.output.toFile())
			.start();
	}

	/**
	 * Start the application without waiting for it.
	 * @param directory the directory for its output
	 * @param arguments its arguments
	 * @return the process
	 */
	public static DemoProcess start(Path directory, String... arguments) throws IOException {
		return new DemoProcess(directory, arguments);
	}

	/**
	 * Wait until the application has started.
	 * @return this process
	 */
	public DemoProcess awaitReady() {
		Awaitility.await()
			.atMost(STARTUP)
			.failFast(() -> assertThat(this.process.isAlive()).as(this::output).isTrue())
			.until(() -> output().contains("server  ready"));
		return this;
	}

	/**
	 * Return what the application has printed.
	 * @return the output
	 */
	public String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the port of the application.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the URL of the page.
	 * @return the URL
	 */
	public String url() {
		return "http://127.0.0.1:" + this.port + "/";
	}

	/**
	 * Request a path.
	 * @param path the path
	 * @return the body, or {@code null} if the process is frozen or has ended
	 */
	public @Nullable String get(String path) throws IOException, InterruptedException {
		try {
			return send(request(path)).body();
		}
		catch (HttpTimeoutException | ConnectException ex) {
			return null;
		}
	}

	/**
	 * Post an empty body.
	 * @param path the path
	 * @param headers names and values of additional headers
	 * @return the answer
	 */
	public HttpResponse<String> post(String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = request(path).POST(BodyPublishers.noBody());
		return send((headers.length > 0) ? request.headers(headers) : request);
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(url() + path)).timeout(ANSWER);
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return http.send(request.build(), BodyHandlers.ofString());
	}

	/**
	 * Kill the process, as {@code kill -9} does, and wait for its end.
	 */
	public void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Wait for the end of the process.
	 * @return its exit code
	 */
	public int awaitEnd() throws InterruptedException {
		return this.process.waitFor();
	}

	@Override
	public void close() {
		kill();
	}

}
