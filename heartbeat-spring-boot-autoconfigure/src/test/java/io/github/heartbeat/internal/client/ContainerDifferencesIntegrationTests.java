package io.github.heartbeat.internal.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the differences between Tomcat's and Jetty's client: each row of the table in
 * docs/containers.md. If an upgrade changes one of them, a test fails.
 */
class ContainerDifferencesIntegrationTests extends EachContainer {

	private final Causes causes = new Causes();

	@ParameterizedTest
	@ValueSource(ints = { 200, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 403, 404, 407, 426, 429, 500, 503 })
	void theStatusOfARefusedHandshake(int status) {
		boolean redirect = List.of(300, 301, 302, 303, 305, 307).contains(status);
		server().behave(Behaviour.status(status, "Location: " + server().url() + "/elsewhere",
				"WWW-Authenticate: Basic realm=\"test\"", "Proxy-Authenticate: Basic realm=\"test\"",
				"Retry-After: 7"));
		create(settings().stopOnHttpStatuses("100-599"));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED " + (redirect ? on(302, status) : status),
				"EXHAUSTED 0");
		assertThat(server().connections())
			.allSatisfy((connection) -> assertThat(connection.requestLine()).isEqualTo("GET /test HTTP/1.1"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999 })
	void theCloseCodeOfTheServer(int code) {
		server().behave(Behaviour.closing(code));
		create(settings().repeatLimit(0));
		log().await("EXHAUSTED");
		if (code == 1014 && container() == HeartbeatContainer.JETTY) {
			assertThat(log().lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
					"EXHAUSTED 0");
			return;
		}
		int expected = (code >= 1012 && code <= 1014) ? on(1002, code) : code;
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE " + expected + " SERVER", "EXHAUSTED 0");
	}

	@Test
	void headersNeverReachAnotherOrigin() throws Exception {
		try (TestServer other = new TestServer(Behaviour.ECHO)) {
			server().behave(Behaviour.status(307, "Location: " + other.url().replace("ws:", "http:")));
			create(settings().header("Authorization", "Bearer secret").repeatLimit(1));
			log().await("EXHAUSTED");
			assertThat(server().connections()).hasSize(2);
			assertThat(other.connections()).isEmpty();
		}
	}

	/**
	 * Nagle's algorithm delays the second of two small messages until the first is
	 * acknowledged. The delay is about 40 ms if the server does not answer the first
	 * message, because an answer carries the acknowledgement. The second message is sent
	 * after the first was written, because queued messages may be written together.
	 */
	@Test
	void theSecondOfTwoMessagesDoesNotWaitForTheFirst() {
		server().behave((connection) -> {
			connection.upgrade();
			while (true) {
				String text = connection.readText();
				if (text.equals("second")) {
					connection.text(text);
				}
			}
		});
		List<Long> nanos = new ArrayList<>();
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				if (message.getPayload().equals("second")) {
					synchronized (nanos) {
						nanos.add(System.nanoTime());
					}
				}
			}
		}));
		List<Double> millis = new ArrayList<>();
		for (int i = 1; i <= 30; i++) {
			int round = i;
			long start = System.nanoTime();
			client.send("first").join();
			client.send("second");
			until(() -> {
				synchronized (nanos) {
					return nanos.size() == round;
				}
			});
			millis.add((nanos.get(i - 1) - start) / 1e6);
		}
		assertThat(millis.stream().sorted().skip(7).findFirst().orElseThrow()).isLessThan(25);
	}

	/**
	 * Jetty does not wait for the answer to a close with any other code.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 4000 })
	void whoWaitsForTheAnswerToAClose(int code) throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.readSilently();
		});
		HeartbeatClient client = open(settings().closeTimeout(Duration.ofSeconds(3)));
		long start = System.nanoTime();
		client.close(new CloseStatus(code));
		TestServer.Connection connection = server().connection(1);
		assertThat(connection.next()).isEqualTo("CLOSE " + code);
		double seconds = (connection.awaitEnd() - start) / 1e9;
		if (code == 1001 && container() == HeartbeatContainer.JETTY) {
			assertThat(seconds).isLessThan(2.5);
		}
		else {
			assertThat(seconds).isBetween(2.9, 12.0);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 4_000, 20_000 })
	void howLargeTheAnswerToTheHandshakeMayBe(int size) {
		server().behave((connection) -> {
			connection.readRequest();
			String answer = new String(connection.acceptance(), StandardCharsets.US_ASCII);
			connection.write(answer.replace("\r\n\r\n", "\r\nX-Large: " + "x".repeat(size) + "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			connection.echo();
		});
		create(settings().repeatLimit(0));
		String outcome = log().await("").line();
		assertThat(outcome).isEqualTo((size < 8000) ? "OPEN" : on("ERROR HANDSHAKE_FAILED", "OPEN"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 4_096, 4_097, 60_000 })
	void howLongTheRequestLineMayBe(int length) {
		int rest = "GET /test? HTTP/1.1\r\n".length();
		create(settings(server().url() + "?" + "x".repeat(length - rest)).repeatLimit(0).listener(this.causes));
		String outcome = log().await("").line();
		assertThat(outcome).isEqualTo((length <= 4_096) ? "OPEN" : on("ERROR HANDSHAKE_FAILED", "OPEN"));
		if (!outcome.equals("OPEN")) {
			assertThat(this.causes.messages).containsExactly(
					"The handshake with localhost:" + server().port() + " is too long: its request line has " + length
							+ " bytes, and Tomcat's WebSocket client sends 4096 at most");
			assertThat(server().connections()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 65_000, 70_000 })
	void howLongTheHeadersMayBe(int length) {
		create(settings().header("X-Token", "x".repeat(length)).repeatLimit(0).listener(this.causes));
		String outcome = log().await("").line();
		assertThat(outcome).isEqualTo((length < 65_536) ? "OPEN" : on("OPEN", "ERROR HANDSHAKE_FAILED"));
		if (!outcome.equals("OPEN")) {
			assertThat(this.causes.messages).hasSize(1)
				.first()
				.asString()
				.startsWith(
						"The handshake with localhost:" + server().port() + " is too long: its url and headers have 70")
				.endsWith(" bytes, and Jetty's WebSocket client sends 65536 at most");
		}
	}

	@Test
	void anInterimAnswer() {
		server().behave((connection) -> {
			connection.readRequest();
			connection
				.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			connection.write(connection.acceptance());
			connection.echo();
		});
		create(settings().repeatLimit(0));
		assertThat(log().await("").line()).isEqualTo(on("ERROR HANDSHAKE_REFUSED 103", "OPEN"));
	}

	@Test
	void anAnswerWithBareLineFeeds() {
		server().behave((connection) -> {
			connection.readRequest();
			connection.write(new String(connection.acceptance(), StandardCharsets.US_ASCII).replace("\r\n", "\n")
				.getBytes(StandardCharsets.US_ASCII));
			connection.echo();
		});
		create(settings().repeatLimit(0).connectTimeout(Duration.ofSeconds(1)));
		assertThat(log().await("").line()).isEqualTo(on("ERROR CONNECT_TIMEOUT", "OPEN"));
	}

	@Test
	void anAnswerWithoutUpgradeHeaders() {
		server().behave((connection) -> {
			connection.readRequest();
			connection.write(new String(connection.acceptance(), StandardCharsets.US_ASCII)
				.replace("Upgrade: websocket\r\nConnection: Upgrade\r\n", "")
				.getBytes(StandardCharsets.US_ASCII));
			connection.echo();
		});
		create(settings().repeatLimit(0));
		assertThat(log().await("").line()).isEqualTo(on("OPEN", "ERROR HANDSHAKE_FAILED"));
	}

	/**
	 * The server listens only on the second address.
	 */
	@Test
	void whichAddressesOfANameAreTried(@TempDir Path directory) throws Exception {
		Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.2 several.test\n127.0.0.1 several.test\n");
		Path output = directory.resolve("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djdk.net.hosts.file=" + hosts, "-cp",
				System.getProperty("java.class.path"), SeveralAddresses.class.getName(), container().name(),
				server().url().replace("localhost", "several.test"))
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(Files.readString(output)).contains("OUTCOME [" + on("ERROR CONNECT", "OPEN") + "]");
	}

	private static final class Causes implements HeartbeatListener {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			this.messages.add(cause.getMessage());
		}

	}

}
