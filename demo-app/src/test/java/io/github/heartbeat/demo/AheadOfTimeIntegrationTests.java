package io.github.heartbeat.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the application as its build processed it ahead of time, with a client that was
 * not known at build time.
 */
@Timeout(120)
class AheadOfTimeIntegrationTests {

	private final int port = FreePort.find();

	private final String[] arguments = { "--server.port=" + this.port, "--spring.main.log-startup-info=true",
			"--heartbeat.clients.late-comer.url=ws://127.0.0.1:" + this.port + "/echo" };

	@Test
	void theJarRunsTheClientsOfTheBuildAndThoseOfTheRun(@TempDir Path directory) throws Exception {
		Path output = directory.resolve("output");
		Process process = new ProcessBuilder(command()).redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(90))
				.failFast("The process has ended", () -> !process.isAlive())
				.untilAsserted(() -> assertThat(read(output)).contains("late-comer  OPEN", "feed    OPEN",
						"echo    OPEN", "feed    MESSAGE    {\"type\":\"quote\",\"symbol\":\"EUR\""));
			assertThat(read(output)).contains("Starting AOT-processed DemoApplication");
			assertThat(read(output).lines().filter(AheadOfTimeIntegrationTests::isUnexpectedError)).isEmpty();
			assertThat(get("quotes")).as("read by the annotated method").contains("{\"symbol\":\"EUR\",\"price\":");
			assertThat(get("actuator/health/heartbeat")).contains("\"late-comer\":{", "\"feed\":{");
			assertThat(get("actuator/heartbeat/late-comer")).contains("\"state\":\"OPEN\"");
			assertThat(get("actuator/prometheus")).contains("heartbeat_client_open{client=\"late-comer\"} 1.0");
			process.destroy();
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
			assertThat(read(output)).contains("late-comer  CLOSE      1001 by CLIENT",
					"feed    CLOSE      1001 by CLIENT", "echo    CLOSE      1001 by CLIENT");
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	/**
	 * The first login can take longer than {@code connect-timeout} on a busy machine.
	 */
	private static boolean isUnexpectedError(String line) {
		return line.contains("ERROR") && !line.contains("NOT_READY");
	}

	private List<String> command() {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
						"-Dspring.aot.enabled=true", "-jar", Path.of("target", "heartbeat-demo-app.jar").toString()));
		command.addAll(List.of(this.arguments));
		return command;
	}

	private String get(String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/" + path)).build(),
					BodyHandlers.ofString())
			.body();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void aClientOfTheRunIsABeanWithItsName() {
		SpringApplication application = new SpringApplication(DemoApplication.class);
		application.setMainApplicationClass(DemoApplication.class);
		SpringProperties.setFlag(AotDetector.AOT_ENABLED);
		try (ConfigurableApplicationContext context = application.run(this.arguments)) {
			assertThat(context.getBeansOfType(HeartbeatClient.class)).containsOnlyKeys("feedHeartbeatClient",
					"echoHeartbeatClient", "lateComerHeartbeatClient");
			HeartbeatClient client = context.getBean("late-comer", HeartbeatClient.class);
			assertThat(client).isSameAs(context.getBean("lateComerHeartbeatClient"));
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(client::isOpen);
		}
		finally {
			SpringProperties.setProperty(AotDetector.AOT_ENABLED, null);
		}
	}

}
