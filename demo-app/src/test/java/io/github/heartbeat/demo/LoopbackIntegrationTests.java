package io.github.heartbeat.demo;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.github.heartbeat.HeartbeatClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Attacks the actuator of the demo on a port of its own, where it has another web server.
 */
@Timeout(60)
class LoopbackIntegrationTests {

	private static final int port = FreePort.find();

	private static DemoRun demo;

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeAll
	static void start() {
		demo = DemoRun.start("--management.server.port=" + port);
	}

	@AfterAll
	static void stop() {
		demo.close();
	}

	@Test
	void itListensOnTheAddressOfThePageOnly() {
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("127.0.0.2", port).close());
	}

	@Test
	void pagesOfOtherSitesCannotCloseAClient() throws Exception {
		Awaitility.await().until(() -> demo.bean(HeartbeatClients.class).get("echo").isOpen());
		HttpResponse<String> response = send(request().header("Origin", "http://example.com")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"action\":\"close\"}")));
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(demo.bean(HeartbeatClients.class).get("echo").isOpen()).isTrue();
	}

	@Test
	void itsAnswersHaveTheHeadersOfThePage() throws Exception {
		HttpResponse<String> response = send(request());
		assertThat(response.body()).contains("\"name\":\"echo\"");
		assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
		assertThat(response.headers().firstValue("Content-Security-Policy")).isPresent();
	}

	private static HttpRequest.Builder request() {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/heartbeat/echo"));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

}
