package io.github.heartbeat.readme;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import com.example.QuotesApplication;
import io.github.heartbeat.HeartbeatClient;
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
import org.springframework.context.annotation.Bean;
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

	private static final Path TEST_STARTER = Path.of("..", "heartbeat-spring-boot-starter",
			"heartbeat-spring-boot-starter-test");

	/** The demo's tests compile and run it with the application of README. */
	private static final String FIRST_TEST = "class QuotesApplicationTests";

	@Test
	void everyExampleIsCompiled() throws IOException {
		StringBuilder sources = new StringBuilder();
		for (String source : List.of("com/example/QuotesApplication", "io/github/heartbeat/readme/ReadmeExamples",
				"io/github/heartbeat/readme/Recipes", "io/github/heartbeat/readme/Replicas",
				"io/github/heartbeat/readme/PostgresReplicas", "io/github/heartbeat/readme/RedisReplicas")) {
			sources.append(Files.readString(SOURCES.resolve(source + ".java")));
		}
		sources.append(Files.readString(TEST_STARTER.resolve("src/test/java/com/example/bot/TradingBotTests.java")));
		String compiled = normalize(sources.toString().replaceAll("(@Component\\s+)static class", "$1class"));
		List<String> examples = new ArrayList<>();
		for (Path document : Documents.all()) {
			EXAMPLE.matcher(Files.readString(document))
				.results()
				.map((MatchResult match) -> normalize(match.group(1)))
				.filter((example) -> !example.contains(FIRST_TEST))
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
	void theApplicationLogsInSubscribesAndPrints(CapturedOutput output) throws Exception {
		try (TestServer server = new TestServer(ReadmeIntegrationTests::quote);
				ConfigurableApplicationContext context = run("--heartbeat.clients.quotes.url=" + server.url(),
						"--heartbeat.clients.orders.url=ws://localhost:1",
						"--heartbeat.clients.orders.auto-startup=false")) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(output.getOut()).contains("Quote[symbol=EUR, price=1.0843]"));
			assertThat(context.isActive()).isTrue();
		}
	}

	/**
	 * A quote is the answer to a subscription, which is accepted after a login only.
	 */
	private static void quote(TestServer.Connection connection) throws IOException {
		connection.upgrade();
		if (connection.readText().equals("{\"type\":\"login\",\"token\":\"demo\"}")) {
			connection.text("{\"type\":\"welcome\"}");
			if (connection.readText().equals("{\"type\":\"subscribe\",\"symbol\":\"EUR\"}")) {
				connection.text("{\"type\":\"quote\",\"symbol\":\"EUR\",\"price\":1.0843}");
			}
		}
		connection.readSilently();
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
			assertThat(server.connection(1).next()).isEqualTo("TEXT {\"type\":\"login\",\"token\":\"demo\"}");
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
	void theTypedListenersReceiveObjectsAndReply() throws Exception {
		try (TestServer server = new TestServer((connection) -> {
			connection.upgrade();
			connection.text(connection.requestLine().contains("quotes") ? "{\"symbol\":\"EURUSD\",\"price\":1.25}"
					: "{\"type\":\"filled\",\"id\":\"7\",\"quantity\":100}");
			connection.readSilently();
		});
				ConfigurableApplicationContext context = new SpringApplicationBuilder(TypedApplication.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off")
					.run("--heartbeat.clients.quotes.url=" + server.url() + "/quotes",
							"--heartbeat.clients.orders.url=" + server.url() + "/orders")) {
			Recipes.QuoteListener quotes = context.getBean(Recipes.QuoteListener.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(quotes.prices()).containsEntry("EURUSD", new BigDecimal("1.25")));
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(server.connections())
					.anySatisfy((connection) -> assertThat(connection.received()).contains("TEXT {\"ack\":\"7\"}")));
		}
	}

	@Test
	void theClientOfTheLoginIsOpenAfterTheWelcome() throws Exception {
		try (TestServer server = new TestServer((connection) -> {
			connection.upgrade();
			connection.text(connection.readText().equals("{\"type\":\"login\",\"token\":\"secret\"}")
					? "{\"type\":\"welcome\"}" : "{\"type\":\"denied\"}");
			connection.readSilently();
		});
				ConfigurableApplicationContext context = new SpringApplicationBuilder(LoginApplication.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off")
					.run("--heartbeat.clients.feed.url=" + server.url())) {
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(client::isOpen);
			assertThat(client.getSnapshot().lastError()).isNull();
		}
	}

	@Test
	void theSubscriptionContinuesAfterTheLastTrade() throws Exception {
		List<String> subscriptions = new CopyOnWriteArrayList<>();
		try (TestServer server = new TestServer((connection) -> {
			connection.upgrade();
			subscriptions.add(connection.readText());
			connection.text("{\"number\":7,\"price\":1.25}");
			connection.close(1001);
			connection.readSilently();
		});
				ConfigurableApplicationContext context = new SpringApplicationBuilder(TradesApplication.class)
					.web(WebApplicationType.NONE)
					.properties("spring.main.banner-mode=off")
					.run("--heartbeat.clients.trades.url=" + server.url(),
							"--heartbeat.clients.trades.reconnect-timeout=100ms")) {
			assertThat(context.isActive()).isTrue();
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(subscriptions).startsWith("{\"type\":\"subscribe\",\"after\":0}",
						"{\"type\":\"subscribe\",\"after\":7}"));
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

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Recipes.QuoteListener.class, Recipes.OrderEvents.class })
	static class TypedApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Recipes.Trades.class)
	static class TradesApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class LoginApplication {

		@Bean
		Recipes.FeedLogin feedLogin() {
			return new Recipes.FeedLogin(() -> "secret");
		}

	}

}
