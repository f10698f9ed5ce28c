package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.HookLog.Entry;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests close, reopen and shutdown.
 */
class CloseIntegrationTests extends ConnectionContract {

	@Test
	void closeDuringAWaitPreventsTheReconnect() throws Exception {
		server().refuse();
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofMillis(300)));
		log().await("RECONNECT");
		client.close();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		server().acceptAgain();
		assertNoConnectionFor(Duration.ofMillis(800));
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "RECONNECT 1");
	}

	/**
	 * The absence of a connection can only be observed over a period of time.
	 */
	private void assertNoConnectionFor(Duration duration) {
		int before = server().connections().size();
		Awaitility.await()
			.during(duration)
			.atMost(duration.plusSeconds(5))
			.until(() -> server().connections().size() == before);
	}

	@Test
	void closeSendsACloseFrameAndPreventsReconnects() throws Exception {
		HeartbeatClient client = open(settings());
		WebSocketSession session = client.getSession();
		client.close(new CloseStatus(4000, "done"));
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(client.getSession()).isNull();
		assertThat(session.isOpen()).isFalse();
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 4000");
		server().connection(1).awaitEnd();
		log().await("CLOSE");
		assertNoConnectionFor(Duration.ofMillis(500));
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 4000 CLIENT");
		assertThat(reasonOf(client.send("too late"))).isEqualTo(Reason.CLOSED);
	}

	@Test
	void messagesAcceptedBeforeACloseAreStillWritten() throws Exception {
		HeartbeatClient client = open(settings());
		List<CompletableFuture<Void>> sends = IntStream.range(0, 100)
			.mapToObj((i) -> client.send("message " + i))
			.toList();
		client.close();
		CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new)).join();
		for (int i = 0; i < 100; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT message " + i);
		}
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1000");
	}

	@Test
	void closeWithoutAnAnswerDropsTheSocketAfterCloseTimeout() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().closeTimeout(Duration.ofSeconds(3)));
		TestServer.Connection unanswering = server().connection(1);
		long start = System.nanoTime();
		client.close();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(2.0);
		unanswering.thaw();
		Entry close = log().await("CLOSE 1000 CLIENT");
		assertThat(close.secondsSince(start)).isLessThan(2.0);
		assertThat((unanswering.awaitEnd() - start) / 1e9).isBetween(2.9, 15.0);
	}

	@Test
	@RequiresSocket("no write blocks")
	void closeWithAFullSocketBufferDropsTheSocket() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(
				settings().closeTimeout(Duration.ofMillis(500)).sendQueueBytes(DataSize.ofMegabytes(100)));
		String large = "x".repeat(1_000_000);
		List<CompletableFuture<Void>> sends = IntStream.range(0, 30).mapToObj((i) -> client.send(large)).toList();
		client.close();
		until(() -> sends.stream().allMatch(CompletableFuture::isDone));
		assertThat(reasonOf(sends.get(29))).isEqualTo(Reason.CLOSED);
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1005, 1006, 1015, 1016, 2999 })
	void codesThatMayNotBeSentAreRefused(int code) {
		HeartbeatClient client = open(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> client.close(new CloseStatus(code)));
		assertThat(client.isOpen()).isTrue();
	}

	@Test
	void reopensAfterCloseWithoutEverHavingTwoConnections() throws Exception {
		HeartbeatClient client = open(settings());
		for (int i = 1; i <= 10; i++) {
			client.close();
			client.open();
			log().await("OPEN", i + 1);
			TestServer.Connection before = server().connection(i);
			assertThat(before.hasEnded()).isTrue();
		}
		assertThat(server().connections()).hasSize(11);
		assertThat(log().count("CLOSE 1000 CLIENT")).isEqualTo(10);
		assertThat(log().count("OPEN again")).isZero();
	}

	@Test
	void openConnectsOnceTheOldSocketIsClosed() throws Exception {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(settings().closeTimeout(Duration.ofMillis(600)));
		server().behave(Behaviour.ECHO);
		long start = System.nanoTime();
		client.close();
		client.open();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		Entry reopened = log().await("OPEN", 2);
		assertThat(reopened.secondsSince(start)).isBetween(0.5, 10.0);
	}

	@Test
	void openWhileOpenDoesNothing() {
		HeartbeatClient client = open(settings());
		client.open();
		client.send("still the same").join();
		log().await("MESSAGE");
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void closingTheSessionViewEndsThisConnectionOnly() throws Exception {
		HeartbeatClient client = open(settings());
		WebSocketSession session = client.getSession();
		session.sendMessage(new TextMessage("by the view"));
		log().await("MESSAGE by the view");
		session.close(new CloseStatus(4001));
		log().await("OPEN again");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE by the view", "CLOSE 4001 CLIENT", "RECONNECT 1",
				"OPEN again");
		assertThat(client.getSession()).isNotSameAs(session);
		assertThat(client.getSession().toString()).doesNotContain("localhost");
		assertThat(((NativeWebSocketSession) client.getSession()).getNativeSession(jakarta.websocket.Session.class))
			.isNotNull();
	}

	@Test
	void shutdownClosesWith1001() throws Exception {
		HeartbeatClient client = open(settings());
		CountDownLatch stopped = new CountDownLatch(1);
		clients().stop(stopped::countDown);
		assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1001");
		assertThat(log().lines()).containsExactly("OPEN", "CLOSE 1001 CLIENT");
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void shutdownWithoutAnAnswerEndsWithCloseTimeoutAndLeavesNoSocket() throws Exception {
		server().behave(Behaviour.FROZEN);
		open(settings().closeTimeout(Duration.ofMillis(500)));
		CountDownLatch stopped = new CountDownLatch(1);
		clients().stop(stopped::countDown);
		assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
		TestServer.Connection frozen = server().connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void stopThenStartOpensAgainWhatWasOpen() throws Exception {
		HeartbeatClient open = open(settings());
		HeartbeatClient stopped = clients().create("other", settings().autoStartup(false).build());
		CountDownLatch quiet = new CountDownLatch(1);
		clients().stop(quiet::countDown);
		assertThat(quiet.await(10, TimeUnit.SECONDS)).isTrue();
		clients().start();
		log().await("OPEN", 2);
		assertThat(open.isOpen()).isTrue();
		assertThat(stopped.getState()).isEqualTo(HeartbeatClientState.STOPPED);
	}

	@Test
	void openFromTheLastHookOfAShutdownConnectsNothing() throws Exception {
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
				client.open();
			}
		}));
		CountDownLatch quiet = new CountDownLatch(1);
		clients().stop(quiet::countDown);
		assertThat(quiet.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(server().connections()).hasSize(1);
	}

	@Test
	void removedClientsCloseAndCannotBeOpened() throws Exception {
		HeartbeatClient client = open(settings());
		assertThat(clients().remove("test")).isTrue();
		assertThat(clients().remove("test")).isFalse();
		assertThat(clients().get("test")).isNull();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(server().connection(1).next()).isEqualTo("CLOSE 1000");
		assertThatIllegalStateException().isThrownBy(client::open).withMessageContaining("removed");
		assertThat(clients().create("test", settings().build())).isNotSameAs(client);
	}

	@Test
	void aClientThatIsClosedDuringTheHandshakeLeavesNoSocket() throws Exception {
		server().behave(Behaviour.MUTE);
		HeartbeatClient client = create(settings());
		server().connection(1);
		client.close();
		TestServer.Connection mute = server().connection(1);
		mute.thaw();
		mute.awaitEnd();
		assertThat(log().lines()).isEmpty();
	}

}
