package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All kinds of failures, with secrets in all places that can have one. No output contains
 * a secret.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SecretsIntegrationTests {

	/** Part of every secret, and of nothing else. */
	private static final String MARK = "hush";

	private TestServer server;

	private TestServer serverWithoutTls;

	private TestServer serverThatRefuses;

	@BeforeEach
	void start() throws IOException {
		this.server = new TestServer(SecretsIntegrationTests::misbehave);
		this.serverWithoutTls = new TestServer((connection) -> {
			connection.write("hush-no-tls".getBytes(StandardCharsets.US_ASCII));
			connection.drop();
		});
		this.serverThatRefuses = new TestServer(Behaviour.ECHO);
		this.serverThatRefuses.refuse();
	}

	@AfterEach
	void stop() throws IOException {
		this.server.close();
		this.serverWithoutTls.close();
		this.serverThatRefuses.close();
	}

	/**
	 * Answer as the path selects.
	 */
	private static void misbehave(TestServer.Connection connection) throws IOException, InterruptedException {
		connection.readRequest();
		String scenario = connection.requestLine().split("[/? ]+")[1];
		switch (scenario) {
			case "refuse" -> answer(connection, "HTTP/1.1 403 hush-status\r\nX-Hush: hush-answer");
			case "redirect" ->
				answer(connection, "HTTP/1.1 302 Found\r\nLocation: ws://localhost/?token=hush-location");
			case "challenge" -> answer(connection, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"hush-realm\"");
			case "no-http" -> connection.write("hush hush hush\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			case "wrong-protocol" -> answer(connection, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: hush-upgrade");
			case "mute" -> connection.park();
			default -> afterUpgrade(scenario, connection);
		}
	}

	private static void answer(TestServer.Connection connection, String head) throws IOException {
		connection.write((head + "\r\nContent-Length: 9\r\n\r\nhush-body").getBytes(StandardCharsets.US_ASCII));
		connection.drop();
	}

	private static void afterUpgrade(String scenario, TestServer.Connection connection)
			throws IOException, InterruptedException {
		connection.write(connection.acceptance());
		switch (scenario) {
			case "close" -> {
				byte[] reason = "..hush-reason".getBytes(StandardCharsets.US_ASCII);
				ByteBuffer.wrap(reason).putShort((short) 4001);
				connection.write(TestServer.frame(TestServer.FIN | TestServer.CLOSE, reason));
				connection.readSilently();
			}
			case "garbage" -> connection.write(TestServer.frame(TestServer.FIN | 0x70 | TestServer.TEXT,
					"hush-garbage".getBytes(StandardCharsets.US_ASCII)));
			case "bad-utf8" -> connection.write(TestServer.frame(TestServer.FIN | TestServer.TEXT,
					"hush-\u00ff".getBytes(StandardCharsets.ISO_8859_1)));
			case "too-large" -> connection.text("hush".repeat(300));
			case "drop" -> connection.drop();
			case "reset" -> connection.reset();
			case "silent" -> connection.readSilently();
			default -> {
				connection.text("hush-message");
				connection.echo();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	void secretsAppearNowhere(String container, CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.properties("heartbeat.container=" + container, "server.port=0", "server.address=127.0.0.1",
					"spring.main.banner-mode=off", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-details=always",
					"heartbeat.clients.configured.url=" + url("refuse"),
					"heartbeat.clients.configured.headers.X-Api-Key=hush-header",
					"heartbeat.clients.configured.send.on-open[0]=hush-on-open",
					"heartbeat.defaults.reconnect-timeout=50ms", "logging.level.root=info",
					"logging.level.io.github.heartbeat=info")
			.run()) {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			List<String> seen = new ArrayList<>();
			Map<String, Kind> expected = new TreeMap<>();
			scenarios(container).forEach((name, scenario) -> {
				clients.create(name, scenario.settings().build());
				expected.put(name, scenario.kind());
			});
			Recorder recorder = context.getBean(Recorder.class);
			Awaitility.await()
				.atMost(Duration.ofSeconds(40))
				.untilAsserted(() -> assertThat(expected).allSatisfy(
						(name, kind) -> assertThat(recorder.kinds().get(name)).as(name).isNotNull().contains(kind)));
			clients.getAll().values().forEach((client) -> seen.addAll(textsOf(client)));
			String port = context.getEnvironment().getProperty("local.server.port");
			for (String path : List.of("health", "heartbeat", "heartbeat/listener", "prometheus", "configprops", "env",
					"metrics/heartbeat.client.reconnects")) {
				seen.add(get("http://127.0.0.1:" + port + "/actuator/" + path));
			}
			recorder.events.forEach((event) -> seen.addAll(textsOf(event)));
			assertThat(output).contains("is not connected to ws://localhost");
			output.getAll().lines().forEach(seen::add);
			assertThat(seen).hasSizeGreaterThan(200)
				.allSatisfy((text) -> assertThat(text).doesNotContainIgnoringCase(MARK));
		}
	}

	private String url(String scenario) {
		return "ws://hush-user:hush-password@localhost:" + this.server.port() + "/" + scenario + "?token=hush-query";
	}

	private Map<String, Scenario> scenarios(String container) {
		Map<String, Scenario> scenarios = new TreeMap<>();
		Map<String, Kind> byServer = Map.ofEntries(Map.entry("refuse", Kind.HANDSHAKE_REFUSED),
				Map.entry("redirect", Kind.HANDSHAKE_REFUSED), Map.entry("challenge", Kind.HANDSHAKE_REFUSED),
				Map.entry("no-http", Kind.HANDSHAKE_FAILED), Map.entry("garbage", Kind.CLOSED_BY_SERVER),
				Map.entry("bad-utf8", Kind.CLOSED_BY_SERVER), Map.entry("mute", Kind.CONNECT_TIMEOUT),
				Map.entry("close", Kind.CLOSED_BY_SERVER), Map.entry("too-large", Kind.MESSAGE_TOO_LARGE),
				Map.entry("drop", Kind.CONNECTION_LOST), Map.entry("reset", Kind.CONNECTION_LOST),
				Map.entry("silent", Kind.NO_ANSWER));
		byServer.forEach((name, kind) -> scenarios.put(name, new Scenario(settings(url(name)), kind)));
		scenarios.put("wrong-protocol", new Scenario(settings(url("wrong-protocol")),
				container.equals("tomcat") ? Kind.CLOSED_BY_SERVER : Kind.HANDSHAKE_FAILED));
		scenarios.put("not-there",
				new Scenario(settings(url("x").replace(":" + this.server.port(), ":" + this.serverThatRefuses.port())),
						Kind.CONNECT));
		scenarios.put("unknown",
				new Scenario(settings(url("x").replace("localhost", "no-such-host.invalid")), Kind.NAME_RESOLUTION));
		scenarios.put("no-tls", new Scenario(settings(
				url("x").replace("ws:", "wss:").replace(":" + this.server.port(), ":" + this.serverWithoutTls.port())),
				Kind.TLS));
		scenarios.put("customizer", new Scenario(settings(url("x")).handshakeCustomizer((name, handshake) -> {
			throw new IllegalStateException("hush-customizer");
		}), Kind.HANDSHAKE_CUSTOMIZER));
		scenarios.put("customized-header",
				new Scenario(
						settings(url("x"))
							.handshakeCustomizer((name, handshake) -> handshake.getHeaders().set("Host", "hush-host")),
						Kind.HANDSHAKE_CUSTOMIZER));
		scenarios.put("supplier", new Scenario(settings(url("x")).pingMessageSupplier((name) -> {
			throw new IllegalStateException("hush-supplier");
		}), Kind.PING_MESSAGE));
		scenarios.put("policy",
				new Scenario(settings(url("refuse")).reconnectPolicy((name, attempt, elapsed, cause) -> {
					throw new IllegalStateException("hush-policy");
				}), Kind.HANDSHAKE_REFUSED));
		scenarios.put("listener", new Scenario(settings(url("x")).listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new IllegalStateException("hush-listener");
			}
		}), Kind.LISTENER));
		return scenarios;
	}

	private static HeartbeatClientSettings.Builder settings(String url) {
		return HeartbeatClientSettings.builder(url)
			.header("X-Api-Key", "hush-header")
			.protocols("chat")
			.pingMsg("hush-ping")
			.pongMsg("hush-pong")
			.sendOnOpen("hush-on-open")
			.pingTimeout(Duration.ofMillis(300))
			.pongTimeout(Duration.ofMillis(300))
			.connectTimeout(Duration.ofSeconds(3))
			.reconnectTimeout(Duration.ofMillis(500))
			.maxMessageSize(DataSize.ofKilobytes(1));
	}

	private static List<String> textsOf(HeartbeatClient client) {
		List<String> texts = new ArrayList<>(List.of(client.toString(), client.getSettings().toString(),
				client.getSettings().getDisplayUrl(), client.getSettings().getDisplayValues().toString(),
				client.getSnapshot().toString(), String.valueOf(client.getSession())));
		CompletableFuture<Void> send = client.send("hush-payload");
		if (client.getState() != HeartbeatClientState.OPEN) {
			try {
				send.join();
			}
			catch (CompletionException ex) {
				addChain(texts, ex.getCause());
			}
		}
		return texts;
	}

	private static List<String> textsOf(HeartbeatEvent event) {
		List<String> texts = new ArrayList<>(List.of(event.toString()));
		if (event instanceof HeartbeatErrorEvent error) {
			addChain(texts, error.getCause());
		}
		if (event instanceof HeartbeatReconnectEvent reconnect) {
			addChain(texts, reconnect.getCause());
		}
		if (event instanceof HeartbeatExhaustedEvent exhausted) {
			addChain(texts, exhausted.getCause());
		}
		if (event instanceof HeartbeatOpenEvent open) {
			texts.add(open.getSession().toString());
		}
		return texts;
	}

	private static void addChain(List<String> texts, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			texts.add(cause.toString());
		}
	}

	private static String get(String url) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
			.body();
	}

	private record Scenario(HeartbeatClientSettings.Builder settings, Kind kind) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	static class Recorder {

		private final List<HeartbeatEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(HeartbeatEvent event) {
			this.events.add(event);
		}

		/**
		 * Return all errors of each client. On a busy machine, a timeout can precede the
		 * expected errors.
		 */
		Map<String, Set<Kind>> kinds() {
			Map<String, Set<Kind>> kinds = new TreeMap<>();
			for (HeartbeatEvent event : this.events) {
				Set<Kind> seen = kinds.computeIfAbsent(event.getClientName(), (name) -> EnumSet.noneOf(Kind.class));
				if (event instanceof HeartbeatErrorEvent error) {
					seen.add(error.getCause().getKind());
				}
				if (event instanceof HeartbeatReconnectEvent reconnect) {
					seen.add(reconnect.getCause().getKind());
				}
			}
			return kinds;
		}

	}

}
