package io.github.heartbeat.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.example.QuotesApplication;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatPongMatcher;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Java examples of README and of the documents compile and run.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ReadmeIntegrationTests {

	private static final Pattern EXAMPLE = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

	private static final Path SOURCES = Path.of("src", "test", "java");

	@Test
	void everyExampleIsCompiled() throws IOException {
		StringBuilder sources = new StringBuilder();
		for (String source : List.of("com/example/QuotesApplication", "io/github/heartbeat/readme/ReadmeExamples",
				"io/github/heartbeat/readme/Recipes")) {
			sources.append(Files.readString(SOURCES.resolve(source + ".java")));
		}
		String compiled = normalize(sources.toString().replace("static class OrderRequests", "class OrderRequests"));
		List<String> examples = new ArrayList<>();
		for (Path document : Documents.all()) {
			EXAMPLE.matcher(Files.readString(document))
				.results()
				.map((MatchResult match) -> normalize(match.group(1)))
				.forEach(examples::add);
		}
		assertThat(examples).hasSizeGreaterThanOrEqualTo(4)
			.allSatisfy((example) -> assertThat(compiled).contains(example));
	}

	private static String normalize(String code) {
		return code.trim().replaceAll("\\s+", " ");
	}

	/**
	 * Components are scanned, so the bean {@code quotes} is not the client of that name.
	 */
	@Test
	void theListenerSubscribesAndPrints(CapturedOutput output) throws Exception {
		try (TestServer server = new TestServer(Behaviour.ECHO);
				ConfigurableApplicationContext context = run("--heartbeat.clients.quotes.url=" + server.url(),
						"--heartbeat.clients.orders.url=ws://localhost:1",
						"--heartbeat.clients.orders.auto-startup=false")) {
			assertThat(server.connection(1).next()).isEqualTo("TEXT {\"subscribe\":\"EURUSD\"}");
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output.getOut()).contains("{\"subscribe\":\"EURUSD\"}"));
			assertThat(context.isActive()).isTrue();
		}
	}

	@Test
	void theCustomizerConnectsToTheLocalServer() throws Exception {
		try (TestServer server = new TestServer(Behaviour.ECHO);
				ConfigurableApplicationContext context = new SpringApplicationBuilder(QuotesApplication.class,
						ReadmeExamples.LocalServer.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off")
					.run("--heartbeat.clients.quotes.url=ws://nowhere.invalid",
							"--local.server.port=" + server.port())) {
			assertThat(server.connection(1).next()).isEqualTo("TEXT {\"subscribe\":\"EURUSD\"}");
			assertThat(context.isActive()).isTrue();
		}
	}

	@Test
	void theHeartbeatIsThatOfMqtt() throws Exception {
		try (TestServer server = new TestServer(Behaviour.ECHO);
				ConfigurableApplicationContext context = new SpringApplicationBuilder(MqttApplication.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off")
					.run("--heartbeat.clients.mqtt.url=" + server.url(),
							"--heartbeat.clients.mqtt.ping-timeout=100ms")) {
			assertThat(server.connection(1).next()).isEqualTo("BINARY 2");
			HeartbeatPongMatcher matcher = context.getBean(HeartbeatPongMatcher.class);
			assertThat(matcher.isPong(new BinaryMessage(new byte[] { (byte) 0xD0, 0 }))).isTrue();
			assertThat(matcher.isPong(new BinaryMessage(new byte[] { 0x30, 0 }))).isFalse();
			assertThat(matcher.isPong(new TextMessage("D0"))).isFalse();
		}
	}

	@Test
	void theClientsAreCreated() throws Exception {
		try (ConfigurableApplicationContext context = run("--heartbeat.defaults.auto-startup=false",
				"--heartbeat.clients.quotes.url=ws://localhost:1")) {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			HeartbeatClientSettings settings = ReadmeExamples.createAClient(clients).getSettings();
			assertThat(settings.getPingTimeout()).hasSeconds(5);
			JakartaWebSocketClientContainer jetty = ReadmeExamples.connectThroughAProxy(clients);
			assertThat(jetty.isStarted()).isTrue();
			jetty.stop();
			assertThat(clients.getAll()).containsOnlyKeys("quotes", "sensor-7", "outside");
		}
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		return new SpringApplicationBuilder(QuotesApplication.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ReadmeExamples.MqttHeartbeats.class)
	static class MqttApplication {

	}

}
