package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.leader.HeartbeatLeadershipAutoConfiguration;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.mockito.Mockito.mock;

/**
 * Mistakes in a configuration file or in environment variables, with the complete
 * analysis of each. The mistakes are in {@code configuration-mistakes.txt}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationMistakesIntegrationTests {

	@TempDir
	Path directory;

	static List<Mistake> mistakes() throws IOException {
		try (InputStream in = ConfigurationMistakesIntegrationTests.class
			.getResourceAsStream("configuration-mistakes.txt")) {
			String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
			return Arrays.stream(text.split("(?m)^=== ")).filter((part) -> !part.isBlank()).map(Mistake::of).toList();
		}
	}

	@Test
	void thereAreManyMistakes() throws IOException {
		assertThat(mistakes()).hasSizeGreaterThanOrEqualTo(30);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void theMistakeIsExplained(Mistake mistake, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(mistake.yaml(), mistake.environment()).close());
		String log = output.toString().replaceAll("URL \\[file:[^]]*application\\.yml]", "application.yml");
		assertThat(log)
			.contains("Description:\n\n" + mistake.description() + "\n\nAction:\n\n" + mistake.action() + "\n\n");
		assertThat(output.toString()).doesNotContain("secret");
	}

	private ConfigurableApplicationContext run(String yaml, Map<String, Object> environment) throws IOException {
		Files.writeString(this.directory.resolve("application.yml"), yaml);
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setBannerMode(Banner.Mode.OFF);
		application.setListeners(application.getListeners()
			.stream()
			.filter((listener) -> !(listener instanceof LoggingApplicationListener))
			.toList());
		application.setEnvironment(new StandardEnvironment() {

			@Override
			public Map<String, Object> getSystemEnvironment() {
				return environment;
			}
		});
		return application.run("--spring.config.location=" + this.directory.toUri(),
				"--heartbeat.defaults.auto-startup=false");
	}

	private ConfigurableApplicationContext runQuotes(String key) throws IOException {
		return run("heartbeat.clients.quotes.url: ws://localhost:1\nheartbeat.clients.quotes." + key, Map.of());
	}

	@Test
	void anEscapedPlaceholderIsSentLiterally() throws IOException {
		try (ConfigurableApplicationContext context = runQuotes("ping-msg: 'a\\${TOKEN}b'")) {
			assertThat(context.getBean(HeartbeatClients.class).get("quotes").getSettings().getPingMsg())
				.isEqualTo("a${TOKEN}b");
		}
	}

	@Test
	void aPlaceholderWithADefaultIsDefined() throws IOException {
		try (ConfigurableApplicationContext context = runQuotes("headers.X-Key: '${TOKEN:none}'")) {
			assertThat(context.getBean(HeartbeatClients.class).get("quotes").getSettings().getHeaders())
				.containsEntry("X-Key", "none");
		}
	}

	@Test
	void aPlaceholderThatTheEnvironmentOverridesIsNotChecked() throws IOException {
		try (ConfigurableApplicationContext context = run("heartbeat.clients.quotes.url: ws://${QUOTES_HOST}",
				Map.of("HEARTBEAT_CLIENTS_QUOTES_URL", "ws://localhost:1"))) {
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("quotes");
		}
	}

	@Test
	void anEmptyGroupIsNotSet() throws IOException {
		try (ConfigurableApplicationContext context = run("""
				heartbeat:
				  defaults:
				    send:
				    headers:
				    repeat-limit:
				  clients:
				    quotes:
				      url: ws://localhost:1
				      stop-on:
				      ssl: {}
				""", Map.of())) {
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("quotes");
		}
	}

	/**
	 * Spring Boot finds the values of dashed properties under such names, too.
	 */
	@Test
	void anUnderscoreForADashOfAKeyIsAccepted() throws IOException {
		try (ConfigurableApplicationContext context = run("heartbeat.clients.quotes.url: ws://localhost:1",
				Map.of("HEARTBEAT_CLIENTS_QUOTES_PING_TIMEOUT", "7s", "HEARTBEAT_CLIENTS_QUOTES_SEND_QUEUE_MESSAGES",
						"7", "HEARTBEAT_CLIENTS_QUOTES_STOP_ON_CLOSE_CODES_0", "4000"))) {
			assertThat(context.getBean(HeartbeatClients.class).get("quotes").getSettings()).satisfies((settings) -> {
				assertThat(settings.getPingTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(settings.getSendQueueMessages()).isEqualTo(7);
				assertThat(settings.getStopOnCloseCodes()).hasSize(1);
			});
		}
	}

	/**
	 * A service with the name {@code heartbeat} gives all containers of its Kubernetes
	 * namespace such variables.
	 */
	@Test
	void variablesOfOtherProgramsAreIgnored() throws IOException {
		try (ConfigurableApplicationContext context = run("heartbeat.clients.quotes.url: ws://localhost:1",
				Map.of("HEARTBEAT_SERVICE_HOST", "10.0.0.1", "HEARTBEAT_PORT_80_TCP", "tcp://10.0.0.1:80",
						"HEARTBEAT_CONTAINER_SERVICE_HOST", "10.0.0.1", "HEARTBEAT_COMMAND", "${UNDEFINED}"))) {
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("quotes");
		}
	}

	@Test
	void aSpellingOfTheEnvironmentOverrides() throws IOException {
		try (ConfigurableApplicationContext context = run("heartbeat.clients.price-feed.url: ws://localhost:1",
				Map.of("HEARTBEAT_CLIENTS_PRICEFEED_URL", "ws://localhost:2"))) {
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("price-feed");
			assertThat(context.getBean(HeartbeatClients.class).get("price-feed").getSettings().getUrl())
				.hasToString("ws://localhost:2");
		}
	}

	@Test
	void theNameOfAClientMayBeANumber() throws IOException {
		try (ConfigurableApplicationContext context = run("heartbeat: {clients: {42: {url: 'ws://localhost:1'}}}",
				Map.of("HEARTBEAT_CLIENTS_42_PINGTIMEOUT", "7s"))) {
			assertThat(context.getBean(HeartbeatClients.class).get("42").getSettings().getPingTimeout()).hasSeconds(7);
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ping-timeout: 30
			pong-timeout: 999
			reconnect-timeout: 500
			connect-timeout: 10
			send.timeout: 10
			stable-after: 5
			""", delimiter = ':')
	void aShortDurationWithoutAUnitIsLogged(String key, String value, CapturedOutput output) throws IOException {
		runQuotes(key + ": " + value).close();
		assertThat(output.toString().replaceAll("URL \\[file:[^]]*application\\.yml]", "application.yml"))
			.containsOnlyOnce("'heartbeat.clients.quotes." + key + "' is '" + value + "', which is " + value
					+ " milliseconds (application.yml - 2:" + (28 + key.length()) + "). Use " + value
					+ "s for seconds, or " + value + "ms to keep milliseconds without this warning.");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ping-timeout; 30s
			ping-timeout; 30ms
			ping-timeout; 1000
			close-timeout; 0
			repeat-limit; 5
			send.queue-messages; 5
			""", delimiter = ';')
	void anotherValueIsNotLogged(String key, String value, CapturedOutput output) throws IOException {
		try (ConfigurableApplicationContext context = runQuotes(key + ": " + value)) {
			assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("quotes");
		}
		assertThat(output).doesNotContain("milliseconds");
	}

	/**
	 * Mistake with its analysis.
	 */
	record Mistake(String title, String yaml, Map<String, Object> environment, String description, String action) {

		static Mistake of(String text) {
			String[] parts = text.split("(?m)^--- ");
			Map<String, String> sections = new LinkedHashMap<>();
			for (String part : parts) {
				int end = part.indexOf('\n');
				sections.put(part.substring(0, end), part.substring(end + 1).stripTrailing());
			}
			String title = text.substring(0, text.indexOf('\n'));
			Map<String, Object> environment = new LinkedHashMap<>();
			sections.getOrDefault("environment", "").lines().forEach((line) -> {
				int equals = line.indexOf('=');
				environment.put(line.substring(0, equals), line.substring(equals + 1));
			});
			return new Mistake(title, sections.get(title), environment, sections.get("description"),
					sections.get("action"));
		}

		@Override
		public String toString() {
			return this.title;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, HeartbeatAutoConfiguration.class,
			HeartbeatLeadershipAutoConfiguration.class })
	static class Application {

		/**
		 * The clients do not start, so that the store is not called.
		 */
		@Bean
		@ConditionalOnBooleanProperty("test.leases")
		HeartbeatLeases leases() {
			return mock(HeartbeatLeases.class);
		}

	}

}
