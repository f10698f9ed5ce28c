package io.github.heartbeat.internal.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.BinaryMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests the failures that TLS adds to connections, with a client-specific TLS context.
 */
class TlsFaultIntegrationTests extends EachContainer {

	private static final String SECRET = "s3cr3t";

	@TempDir
	private static Path directory;

	private static Certificates certificates;

	private final List<String> errors = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void generateCertificates() throws Exception {
		certificates = new Certificates(directory);
		certificates.sign("good", "-ext", "san=dns:localhost");
		certificates.sign("wrong-host", "-ext", "san=dns:elsewhere.example");
		certificates.sign("expired", "-ext", "san=dns:localhost", "-startdate", "-60d");
		certificates.generate("stranger", "-ext", "san=dns:localhost");
	}

	/**
	 * No output contains a secret, whatever failed. Tomcat uses a thread for the TLS
	 * handshake.
	 */
	@AfterEach
	void nothingIsToldOrLeft() {
		assertThat(this.errors).noneMatch((error) -> error.contains(SECRET));
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(2))
			.until(TlsFaultIntegrationTests::handshakes, List::isEmpty);
	}

	private static List<Thread> handshakes() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getClass().getName().contains("Handshake")
					|| Arrays.stream(entry.getValue())
						.anyMatch((frame) -> frame.getMethodName().equals("connectToServer")))
			.map(Map.Entry::getKey)
			.toList();
	}

	@Test
	void aTrustedServerIsConnectedTo() throws Exception {
		server().behave(tls("good", Behaviour.ECHO));
		HeartbeatClient client = open(secure());
		client.send("hello").join();
		log().await("MESSAGE hello");
		assertThat(server().connection(1).next()).isEqualTo("TEXT hello");
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		client.close();
		String next = server().connection(1).next();
		while (next.equals("TEXT heartbeat")) {
			next = server().connection(1).next();
		}
		assertThat(next).isEqualTo("CLOSE 1000");
		server().connection(1).awaitEnd();
		log().await("CLOSE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE hello", "CLOSE 1000 CLIENT");
	}

	/**
	 * TLS delivers whole records.
	 */
	@Test
	void anAnswerToTheUpgradeMayFillARecord() throws Exception {
		server().behave(tls("good", (connection) -> {
			connection.readRequest();
			String answer = new String(connection.acceptance(), StandardCharsets.US_ASCII);
			connection.write(ascii(answer.replaceFirst("\r\n", "\r\nX-Long: " + "x".repeat(7000) + "\r\n")));
			connection.echo();
		}));
		HeartbeatClient client = open(secure());
		client.send("hello").join();
		log().await("MESSAGE hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "stranger", "expired", "wrong-host" })
	void aServerThatCannotProveWhoItIsIsRefusedUntilItCan(String certificate) throws Exception {
		server().behave(tls(certificate, Behaviour.ECHO), tls("good", Behaviour.ECHO));
		assertConnectsAfter(secure(), "ERROR TLS");
		assertThat(server().connection(1).requestLine()).isEmpty();
		server().connection(1).awaitEnd();
	}

	static Stream<Arguments> wrongAnswersToTheClientHello() {
		byte[] serverHello = { 0x16, 3, 3, 0, 0x7A, 2, 0, 0, 0x76, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8 };
		byte[] alert = { 0x15, 3, 3, 0, 2, 2, 40 };
		return Stream.of(arguments("nothing", new byte[0], "ERROR CONNECT_TIMEOUT"),
				arguments("half a ServerHello", serverHello, "ERROR CONNECT_TIMEOUT"),
				arguments("a fatal alert", alert, "ERROR TLS"),
				arguments("plain text", ascii("HTTP/1.1 400 Bad Request\r\n\r\n"), "ERROR TLS"),
				arguments("garbage", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, "ERROR TLS"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrongAnswersToTheClientHello")
	void aHandshakeThatDoesNotComeToAnEndIsGivenUpOnTime(String name, byte[] answer, String error) throws Exception {
		server().behave((connection) -> {
			connection.write(answer);
			connection.park();
		}, tls("good", Behaviour.ECHO));
		boolean timeout = error.equals("ERROR CONNECT_TIMEOUT");
		long start = System.nanoTime();
		create(timeout ? secure().connectTimeout(Duration.ofMillis(800)) : secure());
		Entry failed = log().await("ERROR");
		assertThat(failed.secondsSince(start)).isBetween(timeout ? 0.75 : 0, 3.0);
		TestServer.Connection first = server().connection(1);
		first.thaw();
		assertThat((first.awaitEnd() - failed.nanoTime()) / 1e9).isLessThan(2.0);
		log().await("OPEN");
		assertThat(log().lines().get(0)).isIn((Object[]) (timeout ? new String[] { error } : brokenTls()));
		assertThat(log().lines().get(1)).isEqualTo("RECONNECT 1");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aHandshakeThatIsCutOff(boolean reset) {
		server().behave(cutOff(reset), tls("good", Behaviour.ECHO));
		assertConnectsAfter(secure(), on(new String[] { "ERROR CONNECT" }, brokenTls()));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anUpgradeThatIsCutOff(boolean reset) {
		server().behave((connection) -> {
			connection.readRequest();
			cutOff(reset).serve(connection);
		}, Behaviour.ECHO);
		assertConnectsAfter(secure().url(server().url()), "ERROR CONNECT");
	}

	private static Behaviour cutOff(boolean reset) {
		return (connection) -> {
			if (reset) {
				connection.reset();
			}
			connection.drop();
		};
	}

	private static final int REPETITIONS = 100;

	/**
	 * Simulates a TLS terminator whose backend is down. A container's report depends on
	 * whether it is still writing the request or already reading, so the test is
	 * repeated.
	 */
	@ParameterizedTest
	@CsvSource({ "ws, FIN", "ws, RST", "wss, FIN", "wss, RST", "wss, CLOSE_NOTIFY" })
	void aServerThatEndsTheConnectionBeforeItsAnswerIsSaidToHaveDroppedIt(String scheme, String end) throws Exception {
		AtomicInteger connections = new AtomicInteger();
		Behaviour cutOff = (connection) -> {
			int kind = connections.incrementAndGet() % 4;
			if (kind == 1) {
				TestServer.pause(1);
			}
			else if (kind == 2) {
				connection.awaitUse();
			}
			else if (kind == 3) {
				connection.readRequest();
			}
			switch (end) {
				case "FIN" -> connection.drop();
				case "RST" -> connection.reset();
				default -> connection.closeStream();
			}
		};
		boolean tls = scheme.equals("wss");
		server().behave(tls ? tls("good", cutOff) : cutOff);
		create(secure().url(tls ? server().secureUrl() : server().url())
			.reconnectTimeout(Duration.ofMillis(1))
			.repeatLimit(REPETITIONS));
		log().await("EXHAUSTED");
		assertThat(this.errors).hasSize(REPETITIONS + 1)
			.containsOnly("localhost:" + server().port() + " dropped the connection in the handshake");
		assertThat(log().lines().stream().filter((line) -> line.startsWith("ERROR"))).containsOnly("ERROR CONNECT");
	}

	/**
	 * The server interprets the ClientHello as a request.
	 */
	@Test
	void aServerWithoutTls() {
		server().behave((connection) -> {
			connection.write(ascii("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
			connection.drop();
		}, tls("good", Behaviour.ECHO));
		assertConnectsAfter(secure(), brokenTls());
	}

	/**
	 * The reset may arrive before the alert, which is not a valid answer to an upgrade.
	 */
	@Test
	void aServerWithTlsWhereNoneIsExpected() {
		server().behave(tls("good", Behaviour.ECHO), Behaviour.ECHO);
		assertConnectsAfter(secure().url(server().url()), "ERROR CONNECT", "ERROR HANDSHAKE_FAILED");
	}

	@Test
	void anUpgradeOverTlsThatIsNeverAnswered() throws Exception {
		server().behave(tls("good", Behaviour.MUTE), tls("good", Behaviour.ECHO));
		create(secure().connectTimeout(Duration.ofMillis(800)));
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		server().connection(1).thaw();
		server().connection(1).awaitEnd();
	}

	/**
	 * Tomcat uses one buffer for both the answer and its TLS record.
	 */
	@Test
	void anAnswerWithManyHeadersInOneTlsRecord() {
		server().behave(tls("good", (connection) -> {
			connection.readRequest();
			String answer = new String(connection.acceptance(), StandardCharsets.US_ASCII);
			connection.write(ascii(answer.substring(0, answer.length() - 2)
					+ ("X-Padding: " + "x".repeat(87) + "\r\n").repeat(70) + "\r\n"));
			connection.echo();
		}));
		HeartbeatClient client = open(settled());
		client.send("hello").join();
		log().await("MESSAGE hello");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE hello");
	}

	@Test
	void aFrozenLinkIsNoticedOnTimeAndAborted() throws Exception {
		server().behave(tls("good", Behaviour.FROZEN), tls("good", Behaviour.ECHO));
		create(secure().pingTimeout(Duration.ofMillis(600)).pongTimeout(Duration.ofMillis(400)));
		Entry close = log().await("CLOSE");
		log().await("OPEN again");
		TestServer.Connection frozen = server().connection(1);
		assertThat(close.secondsSince(frozen.lastWrite())).isBetween(0.95, 2.0);
		frozen.thaw();
		assertThat((frozen.awaitEnd() - close.nanoTime()) / 1e9).isLessThan(2.0);
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
	}

	/**
	 * All bytes are sent on the first connection, however busy the machine is, because
	 * bytes need no validation.
	 */
	@Test
	void anAbortFreesABlockedWrite() throws Exception {
		server().behave(tls("good", Behaviour.FROZEN), tls("good", Behaviour.ECHO));
		HeartbeatClient client = open(
				secure().pingTimeout(Duration.ofSeconds(2)).sendQueueBytes(DataSize.ofMegabytes(100)));
		BinaryMessage large = new BinaryMessage(new byte[1_000_000]);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 30).mapToObj((i) -> client.send(large)).toList();
		log().await("OPEN again");
		until(() -> sends.stream().allMatch(CompletableFuture::isDone));
		assertThat(sends).anySatisfy((send) -> assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST));
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again");
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void aCloseOverAFrozenLinkTakesNoLongerThanCloseTimeout() throws Exception {
		server().behave(tls("good", Behaviour.FROZEN));
		HeartbeatClient client = open(settled().closeTimeout(Duration.ofMillis(500)));
		long start = System.nanoTime();
		client.close();
		log().await("CLOSE 1000 CLIENT");
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		assertThat((frozen.awaitEnd() - start) / 1e9).isBetween(0.4, 3.0);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aConnectionThatIsCutOffMeansReconnect(boolean reset) throws Exception {
		server().behave(tls("good", Behaviour.ECHO));
		HeartbeatClient client = open(settled());
		client.send("hello").join();
		log().await("MESSAGE hello");
		if (reset) {
			server().connection(1).reset();
		}
		else {
			server().connection(1).drop();
		}
		log().await("OPEN again");
		assertThat(log().lines().get(2)).startsWith("ERROR CONNECTION_LOST");
		assertThat(log().lines()).hasSize(6).endsWith("CLOSE 1006 TRANSPORT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void bytesThatWereTamperedWithMeanReconnect() throws Exception {
		server().behave(tls("good", Behaviour.ECHO));
		open(settled());
		server().connection(1)
			.writeRaw(new byte[] { 0x17, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
					20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 });
		log().await("OPEN again");
		assertThat(log().lines().get(1)).startsWith("ERROR CONNECTION_LOST");
		assertThat(log().lines()).hasSize(5).endsWith("CLOSE 1006 TRANSPORT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void clientsTrustTheirOwnServersOnly() throws Exception {
		HookLog[] logs = new HookLog[4];
		try (TestServer other = new TestServer(tls("stranger", Behaviour.ECHO))) {
			server().behave(tls("good", Behaviour.ECHO));
			SSLContext one = certificates.client("authority");
			SSLContext two = certificates.client("stranger");
			String[] urls = { server().secureUrl(), other.secureUrl(), server().secureUrl(), other.secureUrl() };
			SSLContext[] contexts = { one, two, two, one };
			for (int i = 0; i < 4; i++) {
				logs[i] = new HookLog();
				clients().create("client-" + i, settings(urls[i]).sslContext(contexts[i]).listener(logs[i]).build());
			}
			assertThat(logs[0].await("").line()).isEqualTo("OPEN");
			assertThat(logs[1].await("").line()).isEqualTo("OPEN");
			logs[2].await("RECONNECT 2");
			logs[3].await("RECONNECT 2");
			assertThat(logs[0].lines()).containsExactly("OPEN");
			assertThat(logs[1].lines()).containsExactly("OPEN");
			assertThat(logs[2].lines()).startsWith("ERROR TLS", "RECONNECT 1", "ERROR TLS", "RECONNECT 2");
			assertThat(logs[3].lines()).startsWith("ERROR TLS", "RECONNECT 1", "ERROR TLS", "RECONNECT 2");
		}
	}

	private void assertConnectsAfter(HeartbeatClientSettings.Builder settings, String... errors) {
		HeartbeatClient client = create(settings.pingTimeout(Duration.ofSeconds(15)));
		log().await("OPEN");
		client.send("alive").join();
		log().await("MESSAGE alive");
		assertThat(log().lines().get(0)).isIn((Object[]) errors);
		assertThat(log().lines()).hasSize(4).endsWith("RECONNECT 1", "OPEN", "MESSAGE alive");
		assertThat(this.errors).hasSize(1);
	}

	/**
	 * Jetty may still be writing the ClientHello when the answer to it arrives. In that
	 * case, it reports that the write failed.
	 */
	private String[] brokenTls() {
		return on(new String[] { "ERROR TLS" }, new String[] { "ERROR TLS", "ERROR CONNECT" });
	}

	private HeartbeatClientSettings.Builder secure() {
		try {
			return settings(server().secureUrl().replace("wss://", "wss://user:" + SECRET + "@") + "?token=" + SECRET)
				.header("X-Token", SECRET)
				.sslContext(certificates.client("authority"))
				.connectTimeout(Duration.ofSeconds(20))
				.reconnectTimeout(Duration.ofMillis(50))
				.pongMsg("heartbeat")
				.pingTimeout(Duration.ofMillis(300))
				.pongTimeout(Duration.ofMillis(400))
				.listener(new HeartbeatListener() {
					@Override
					public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
						TlsFaultIntegrationTests.this.errors.add(cause.getMessage());
					}
				});
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Settings for tests in which the heartbeat has nothing to detect.
	 */
	private HeartbeatClientSettings.Builder settled() {
		return secure().pingTimeout(Duration.ofSeconds(15));
	}

	private static Behaviour tls(String certificate, Behaviour behaviour) {
		try {
			return Behaviour.tls(certificates.server(certificate), behaviour);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
