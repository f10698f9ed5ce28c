package io.github.heartbeat.test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.test.AutoConfigureHeartbeatServer.Clock;
import io.github.heartbeat.test.TestApplication.Recorder;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.web.socket.BinaryMessage;

import static io.github.heartbeat.test.HeartbeatAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@SpringBootTest(classes = TestApplication.class,
		properties = { "heartbeat.clients.quotes.protocols=v2,v1", "heartbeat.clients.quotes.headers.X-Team=blue",
				"heartbeat.clients.quotes.url=wss://user:secret@quotes.example.com/feed" })
@AutoConfigureHeartbeatServer(clock = Clock.MANUAL)
class ManualClockTests {

	@Autowired
	private HeartbeatClient quotes;

	@Autowired
	private HeartbeatTestServer server;

	@Autowired
	private HeartbeatTestClock clock;

	@Autowired
	private Recorder recorder;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private HealthEndpoint health;

	private HeartbeatTestServer.Client side;

	@BeforeEach
	void open() {
		this.side = this.server.client("quotes");
		assertThat(this.quotes).isOpen();
		this.recorder.lines.clear();
		this.recorder.events.clear();
	}

	@Test
	void anHourHas240Heartbeats() {
		double before = this.meters.get("heartbeat.client.pings").counter().count();
		Instant start = this.clock.now();
		long begun = System.nanoTime();
		this.clock.advance(Duration.ofHours(1));
		long millis = (System.nanoTime() - begun) / 1_000_000;
		System.out.println("An hour with 240 heartbeats took " + millis + " ms");
		assertThat(this.side.heartbeats()).isEqualTo(240);
		assertThat(this.meters.get("heartbeat.client.pings").counter().count() - before).isEqualTo(240);
		assertThat(Duration.between(start, this.clock.now())).isEqualTo(Duration.ofHours(1));
		assertThat(this.quotes).isOpen();
		assertThat(this.recorder.lines).isEmpty();
		assertThat(millis).isLessThan(1_000);
	}

	@Test
	void messagesReachListenersAndEvents() {
		this.side.send("1");
		this.side.send(new BinaryMessage(new byte[] { 1, 2, 3 }));
		assertThat(this.recorder.events).first().isEqualTo("1");
		assertThat(this.recorder.events).hasSize(2);
	}

	@Test
	void whatAHookSendsArrives() {
		this.side.send("echo");
		assertThat(this.side.received()).containsExactly("echoed");
		assertThat(this.quotes).hasReceived("echoed");
	}

	@Test
	void binaryMessagesAreRecorded() {
		this.quotes.send(new BinaryMessage(new byte[] { 1, 2, 3 }));
		assertThat(this.side.received()).isEmpty();
		assertThat(this.side.receivedMessages()).hasSize(1)
			.first()
			.satisfies(
					(message) -> assertThat(message.getPayload()).isEqualTo(ByteBuffer.wrap(new byte[] { 1, 2, 3 })));
	}

	@Test
	void futuresCompleteWhenTheClientHasDoneWhatIsDue() {
		CompletableFuture<Void> send = this.quotes.send("1");
		assertThat(send).isNotDone();
		this.clock.advance(Duration.ZERO);
		assertThat(send).isCompleted();
	}

	@Test
	void unansweredHeartbeatsEndTheConnection() {
		this.side.answerHeartbeats(false);
		this.clock.advance(Duration.ofSeconds(15 + 10));
		assertThat(this.quotes).isWaiting();
		assertThat(this.recorder.lines).containsExactly("CLOSE 1006 HEARTBEAT");
	}

	@Test
	void aFreezeIsNoticedAndEndsWithTheNextConnection() {
		this.side.freeze();
		this.quotes.send("lost");
		this.side.send("lost too");
		this.clock.advance(Duration.ofSeconds(15 + 10));
		assertThat(this.quotes).isWaiting();
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.quotes).isOpen();
		assertThat(this.side.received()).isEmpty();
		assertThat(this.recorder.lines).containsExactly("CLOSE 1006 HEARTBEAT", "OPEN again");
	}

	@Test
	void aHandshakeThatIsNotAnsweredTimesOut() {
		this.side.hang();
		this.quotes.reconnect();
		assertThat(this.quotes).isConnecting();
		this.clock.advance(Duration.ofSeconds(10));
		assertThat(this.quotes).isWaiting();
		assertThat(this.quotes.getSnapshot().lastError().cause().getMessage()).contains("connect-timeout");
	}

	/**
	 * The second run finds a client that is open.
	 */
	@RepeatedTest(2)
	void aCloseOfAFrozenConnectionLeavesNothing() {
		this.side.freeze();
		this.quotes.close();
		assertThat(this.quotes).isStopped();
	}

	@Test
	void manyAttemptsFitIntoOneAdvance() {
		this.side.refuse(503);
		this.quotes.reconnect();
		this.clock.advance(Duration.ofHours(12));
		assertThat(this.side.handshakes()).hasSizeGreaterThan(20_000);
		this.side.accept();
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.quotes).isOpen();
	}

	@Test
	void aRefusalHasItsStatus() {
		this.side.refuse(503);
		this.quotes.reconnect();
		assertThat(this.quotes).isWaiting();
		assertThat(this.quotes.getSnapshot().lastError().cause().getStatus()).isEqualTo(503);
	}

	@Test
	void closesAndLossesHaveTheirInitiators() {
		this.side.close(1013);
		assertThat(this.quotes).isWaiting();
		this.clock.advance(Duration.ofSeconds(2));
		this.side.drop();
		assertThat(this.quotes).isWaiting();
		this.clock.advance(Duration.ofSeconds(2));
		this.quotes.close();
		assertThat(this.quotes).isStopped();
		assertThat(this.side.closeCode()).isEqualTo(1000);
		assertThat(this.recorder.lines).containsExactly("CLOSE 1013 SERVER", "OPEN again", "CLOSE 1006 TRANSPORT",
				"OPEN again", "CLOSE 1000 CLIENT");
	}

	@Test
	void handshakesHaveUrlHeadersAndProtocols() {
		this.quotes.reconnect();
		assertThat(this.side.handshakes()).last().satisfies((handshake) -> {
			assertThat(handshake.url()).hasToString("wss://quotes.example.com/feed");
			assertThat(handshake.headers().getFirst("X-Team")).isEqualTo("blue");
			assertThat(handshake.headers().getFirst("Authorization")).startsWith("Basic ");
			assertThat(handshake.protocols()).containsExactly("v2", "v1");
		});
		assertThat(this.quotes).isOpen();
		assertThat(this.quotes.getSession().getAcceptedProtocol()).isEqualTo("v2");
	}

	@Test
	void theClockMovesHealth() {
		this.side.refuse(503);
		this.side.drop();
		this.clock.advance(Duration.ofSeconds(29));
		assertThat(this.health.healthForPath("heartbeat", "quotes").getStatus()).isEqualTo(Status.UP);
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.health.healthForPath("heartbeat", "quotes").getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void aListenerCannotAdvanceTheClock() {
		CompletableFuture<Void> advanced = this.quotes.send("1")
			.thenRun(() -> this.clock.advance(Duration.ofSeconds(1)));
		this.clock.advance(Duration.ZERO);
		assertThatIllegalArgumentException().isThrownBy(() -> this.clock.advance(Duration.ofSeconds(-1)));
		assertThat(advanced).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("A listener cannot advance the clock");
	}

	@Test
	void failuresSayWhatHappened() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.side.awaitReceived("order"::equals))
			.withMessage("Client 'quotes' has not sent the expected message, and the clock stands. It has sent []");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.quotes).isStopped())
			.withMessageContaining("Expected client 'quotes' to be STOPPED, but it is OPEN");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.quotes).hasReceived("order"))
			.withMessageContaining("what the server has received from client 'quotes'");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.server.client("quots").send("1"))
			.withMessage("Client 'quots' is not connected, and the clock stands. There is no such client; "
					+ "the clients are [quotes]");
	}

	@Test
	void awaitReceivedReturnsTheText() {
		this.quotes.send("order 1");
		assertThat(this.side.awaitReceived((text) -> text.startsWith("order"))).isEqualTo("order 1");
		assertThat(List.of(this.side.handshakes().size())).containsExactly(1);
	}

}
