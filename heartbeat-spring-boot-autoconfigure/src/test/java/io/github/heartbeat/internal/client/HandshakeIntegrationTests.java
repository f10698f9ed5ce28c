package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the handshake: what a client sends, how long an attempt may take, and how it can
 * fail.
 */
class HandshakeIntegrationTests extends ConnectionContract {

	@Test
	void theUriOfTheSessionIsThatOfTheAttemptWithoutUserInfo() {
		String url = server().url();
		HeartbeatClient client = open(settings().handshakeCustomizer((name, handshake) -> handshake
			.setUrl(URI.create(url.replace("ws://", "WS://user:password@") + "/prices?depth=2&from=a%20b"))));
		assertThat(client.getSession().getUri()).isEqualTo(URI.create(url + "/prices?depth=2&from=a%20b"));
	}

	@Test
	@RequiresSocket("the name of a host is not resolved")
	void anUnknownHostIsAnErrorOfItsOwn() {
		create(HeartbeatClientSettings.builder("ws://no-such-host.invalid/").reconnectTimeout(Duration.ofMillis(100)));
		log().await("RECONNECT 2");
		assertThat(log().lines()).startsWith("ERROR NAME_RESOLUTION", "RECONNECT 1", "ERROR NAME_RESOLUTION",
				"RECONNECT 2");
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 401, 403, 503 })
	void aRefusedHandshakeMeansReconnectAndTellsTheStatus(int status) {
		server().behave(Behaviour.status(status, "Location: " + server().url() + "/elsewhere",
				"WWW-Authenticate: Basic realm=\"test\""), Behaviour.ECHO);
		create(settings());
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR HANDSHAKE_REFUSED " + status, "RECONNECT 1", "OPEN");
		assertThat(server().connections())
			.allSatisfy((connection) -> assertThat(connection.requestLine()).isEqualTo("GET /test HTTP/1.1"));
	}

	/**
	 * The server may already be closing a connection that is kept for the next attempt.
	 */
	@Test
	void theConnectionOfARefusedHandshakeIsNotUsedAgain() throws Exception {
		server().behave((connection) -> {
			while (true) {
				connection.readRequest();
				connection
					.write("HTTP/1.1 503 Refused\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			}
		});
		create(settings().reconnectTimeout(Duration.ofSeconds(2)));
		log().await("ERROR HANDSHAKE_REFUSED 503");
		long refusedEnd = server().connection(1).awaitEnd();
		server().behave(Behaviour.ECHO);
		Entry open = log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 503", "RECONNECT 1", "OPEN");
		assertThat(refusedEnd - open.nanoTime()).isNegative();
	}

	@Test
	void anUpgradeDrippedByteByByteEndsAtTheDeadline() throws Exception {
		AtomicBoolean complete = new AtomicBoolean();
		server().behave((connection) -> {
			connection.readRequest();
			for (byte b : connection.acceptance()) {
				connection.write(new byte[] { b });
				if (new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS)) {
					return;
				}
			}
			complete.set(true);
		});
		long start = System.nanoTime();
		create(settings().connectTimeout(Duration.ofSeconds(1)));
		Entry error = log().await("ERROR");
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		assertThat(error.secondsSince(start)).isGreaterThan(0.9);
		server().connection(1).awaitEnd();
		assertThat(complete).as("The whole answer, which takes 13 s, was written").isFalse();
	}

	@Test
	void aServerThatNeverAnswersTheUpgradeIsGivenUpAtTheDeadline() throws Exception {
		server().behave(Behaviour.MUTE);
		create(settings().connectTimeout(Duration.ofMillis(500)));
		log().await("RECONNECT");
		server().behave(Behaviour.ECHO);
		log().await("OPEN");
		assertThat(log().lines()).startsWith("ERROR CONNECT_TIMEOUT", "RECONNECT 1");
		TestServer.Connection mute = server().connection(1);
		mute.thaw();
		mute.awaitEnd();
	}

	@Test
	void aServerMayTakeItsTimeWithinTheDeadline() {
		server().behave((connection) -> {
			connection.readRequest();
			if (new CountDownLatch(1).await(7, TimeUnit.SECONDS)) {
				return;
			}
			connection.write(connection.acceptance());
			connection.echo();
		});
		create(settings().connectTimeout(Duration.ofSeconds(20)));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("OPEN");
	}

	@Test
	void aSessionThatComesAfterTheDeadlineIsDropped() throws Exception {
		CountDownLatch late = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.readRequest();
			late.await();
			connection.write(connection.acceptance());
			connection.readSilently();
		});
		create(settings().connectTimeout(Duration.ofMillis(500)));
		log().await("ERROR CONNECT_TIMEOUT");
		server().behave(Behaviour.ECHO);
		late.countDown();
		server().connection(1).awaitEnd();
		log().await("OPEN");
		assertThat(log().count("OPEN")).isEqualTo(1);
	}

	@Test
	void theHandshakeCarriesHeadersProtocolsAndCredentials() {
		HeartbeatClient client = open(
				HeartbeatClientSettings.builder("ws://us%20er:p%40ss@localhost:" + server().port() + "/path?a=b%20c")
					.header("X-List", "a, b")
					.protocols("v2", "v1"));
		TestServer.Connection connection = server().connection(1);
		assertThat(connection.requestLine()).isEqualTo("GET /path?a=b%20c HTTP/1.1");
		assertThat(connection.headers().get("Sec-WebSocket-Protocol")).matches("v2, ?v1");
		assertThat(connection.headers()).containsEntry("X-List", "a, b")
			.containsEntry("Authorization", "Basic dXMgZXI6cEBzcw==");
		assertThat(client.getSession().getAcceptedProtocol()).isEqualTo("v2");
	}

	@Test
	void handshakeCustomizersAreAskedBeforeEveryAttempt() throws Exception {
		AtomicInteger tokens = new AtomicInteger();
		server().behave(Behaviour.status(401));
		create(settings().header("Authorization", "old").handshakeCustomizer((name, handshake) -> {
			int token = tokens.incrementAndGet();
			if (token == 2) {
				throw new IOException("no token for " + name);
			}
			if (token == 4) {
				server().behave(Behaviour.ECHO);
			}
			handshake.getHeaders().set("Authorization", "Bearer " + token);
			handshake.setUrl(handshake.getUrl().resolve("/token/" + token));
		}));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 401", "RECONNECT 1",
				"ERROR HANDSHAKE_CUSTOMIZER", "RECONNECT 2", "ERROR HANDSHAKE_REFUSED 401", "RECONNECT 3", "OPEN");
		assertThat(server().connections()).extracting((connection) -> connection.headers().get("Authorization"))
			.containsExactly("Bearer 1", "Bearer 3", "Bearer 4");
		assertThat(server().connection(3).requestLine()).isEqualTo("GET /token/4 HTTP/1.1");
	}

	@Test
	void attemptsContinueHoweverAHandshakeCustomizerFails() {
		AtomicInteger calls = new AtomicInteger();
		create(settings().reconnectTimeout(Duration.ofMillis(20)).handshakeCustomizer((name, handshake) -> {
			switch (calls.incrementAndGet()) {
				case 1 -> throw new NoClassDefFoundError("thrown by a test");
				case 2 -> handshake.getHeaders().set("Authorization", "Bearer abc\r\nX-Injected: 1");
				case 3 -> handshake.setUrl(URI.create("http://localhost/"));
				case 4 -> handshake.getHeaders().set("Host", "elsewhere");
				default -> {
				}
			}
		}));
		log().await("OPEN");
		assertThat(log().count("ERROR HANDSHAKE_CUSTOMIZER")).isEqualTo(4);
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void aHandshakeCustomizerThatBlocksIsInterruptedAtTheDeadline() {
		CountDownLatch never = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger interrupts = new AtomicInteger();
		create(settings().connectTimeout(Duration.ofMillis(300)).handshakeCustomizer((name, handshake) -> {
			if (calls.incrementAndGet() == 1) {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					interrupts.incrementAndGet();
					throw ex;
				}
			}
		}));
		log().await("OPEN");
		assertThat(log().lines()).containsExactly("ERROR CONNECT_TIMEOUT", "RECONNECT 1", "OPEN");
		assertThat(interrupts).hasValue(1);
	}

	@Test
	void noMoreThanTheLimitConnectToOneOriginAtATimeAndNoOtherOriginWaits() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.readRequest();
			answer.await();
			connection.write(connection.acceptance());
			connection.echo();
		});
		List<HeartbeatClient> waiting = IntStream.range(0, 30)
			.mapToObj((i) -> clients().create("waiting-" + i, settings().connectTimeout(Duration.ofMinutes(1)).build()))
			.toList();
		until(() -> requests() == 8);
		try (TestServer other = new TestServer(Behaviour.ECHO)) {
			clients().create("other", HeartbeatClientSettings.builder(other.url()).build());
			log().await("OPEN");
		}
		assertNoRequestButFor(8);
		waiting.get(20).close();
		waiting.get(0).close();
		until(() -> requests() == 9);
		answer.countDown();
		until(() -> waiting.stream().filter(HeartbeatClient::isOpen).count() == 28);
	}

	private long requests() {
		return server().connections().stream().filter((connection) -> !connection.requestLine().isEmpty()).count();
	}

	/**
	 * The absence of a request can only be observed over a period of time. The test
	 * counts requests, because Jetty may open a connection in advance.
	 */
	private void assertNoRequestButFor(int expected) {
		Awaitility.await()
			.during(Duration.ofMillis(300))
			.atMost(Duration.ofSeconds(5))
			.until(() -> requests() == expected);
	}

}
