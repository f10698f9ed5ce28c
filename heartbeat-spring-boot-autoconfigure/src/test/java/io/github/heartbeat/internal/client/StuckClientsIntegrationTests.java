package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.testing.HookGrammar;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Guarantee 8 on real sockets: user code that blocks, answers late or leaves the
 * interrupt flag set does not leave a client stuck.
 */
class StuckClientsIntegrationTests extends EachContainer {

	@Test
	void attemptsPauseBehindAHookThatIsStuckAndGoOnWhenItReturns() {
		CountDownLatch release = new CountDownLatch(1);
		AtomicBoolean dropping = new AtomicBoolean(true);
		server().behave((connection) -> {
			connection.upgrade();
			if (dropping.get()) {
				connection.closeStream();
				return;
			}
			connection.echo();
		});
		HeartbeatClient client = create(settings().reconnectTimeout(Duration.ofMillis(1))
			.connectTimeout(Duration.ofSeconds(20))
			.listener(new HeartbeatListener() {
				@Override
				public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
					awaitUninterruptibly(release);
				}
			}));
		AtomicInteger before = new AtomicInteger(-1);
		log().await("OPEN");
		await(Duration.ofSeconds(30), Duration.ofMillis(500),
				() -> before.getAndSet(server().connections().size()) == server().connections().size());
		assertThat(server().connections()).hasSizeBetween(10, HookQueue.MAX_WAITING);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		dropping.set(false);
		release.countDown();
		until(client::isOpen);
		client.send("alive").join();
		log().await("MESSAGE alive");
		HookGrammar.check(log().lines());
	}

	@Test
	void anInterruptThatAMessageHookLeavesBehindHarmsNeitherThisClientNorOthers() {
		AtomicInteger interrupted = new AtomicInteger();
		HeartbeatListener listener = new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				if (Thread.currentThread().isInterrupted()) {
					interrupted.incrementAndGet();
				}
				Thread.currentThread().interrupt();
			}
		};
		List<HeartbeatClient> clients = List.of("a", "b", "c")
			.stream()
			.map((name) -> clients().create(name, settings().listener(listener).build()))
			.toList();
		until(() -> clients.stream().allMatch(HeartbeatClient::isOpen));
		for (int i = 0; i < 50; i++) {
			String text = "message " + i;
			clients.forEach((client) -> client.send(text).join());
			log().await("MESSAGE " + text, 3);
		}
		assertThat(interrupted).hasValue(0);
		assertThat(clients).allMatch(HeartbeatClient::isOpen);
		assertThat(log().count("CLOSE")).isZero();
	}

	@Test
	void anInterruptThatASupplierOrACustomizerLeavesBehindCostsNoConnection() {
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(50)).pingMessageSupplier((name) -> {
			Thread.currentThread().interrupt();
			return "beat";
		}).handshakeCustomizer((name, handshake) -> Thread.currentThread().interrupt()));
		log().await("MESSAGE beat", 10);
		assertThat(client.isOpen()).isTrue();
		assertThat(log().count("ERROR")).isZero();
		assertThat(log().count("CLOSE")).isZero();
	}

	@Test
	void aPolicyThatAnswersLateActsOnNoLaterFailure() throws IOException {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch answered = new CountDownLatch(1);
		HeartbeatClient client = open(
				settings().reconnectPolicy((name, attempt, elapsed, cause) -> decideLate(asked, release, answered)));
		server().connection(1).drop();
		awaitUninterruptibly(asked);
		client.reconnect();
		log().await("OPEN again");
		release.countDown();
		awaitUninterruptibly(answered);
		client.send("alive").join();
		log().await("MESSAGE alive");
		assertThat(client.isOpen()).isTrue();
		assertThat(log().lines()).containsExactly("OPEN", "ERROR CONNECTION_LOST 1006", "CLOSE 1006 TRANSPORT",
				"RECONNECT 1", "OPEN again", "MESSAGE alive");
	}

	private static HeartbeatReconnectDecision decideLate(CountDownLatch asked, CountDownLatch release,
			CountDownLatch answered) {
		asked.countDown();
		awaitUninterruptibly(release);
		answered.countDown();
		return HeartbeatReconnectDecision.stop();
	}

	/**
	 * A hook on the container's thread delays only the hooks of its own client.
	 */
	@Test
	void aMessageHookThatOutlastsItsConnectionIsShownAndEndsInOrder() throws IOException {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(100))
			.pongTimeout(Duration.ofMillis(100))
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					if (message.getPayload().equals("block")) {
						entered.countDown();
						awaitUninterruptibly(release);
					}
				}
			}));
		client.send("block").join();
		awaitUninterruptibly(entered);
		server().connection(1).drop();
		until(() -> client.getSnapshot().slowHook() != null);
		assertThat(client.getSnapshot().slowHook().hook()).isEqualTo("message");
		release.countDown();
		log().await("OPEN again");
		until(() -> client.getSnapshot().slowHook() == null);
		HookGrammar.check(log().lines());
	}

	/**
	 * Covers everything that a listener can throw, including errors, and a second
	 * listener that also fails.
	 */
	@Test
	void errorsOfListenersLeaveTheClientOpen() {
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new StackOverflowError("thrown by a test");
			}

			@Override
			public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
				throw new OutOfMemoryError("thrown by a test");
			}
		}));
		for (int i = 0; i < 20; i++) {
			client.send("message " + i).join();
			log().await("MESSAGE message " + i);
		}
		log().await("ERROR LISTENER", 20);
		assertThat(client.isOpen()).isTrue();
		assertThat(log().count("CLOSE")).isZero();
	}

}
