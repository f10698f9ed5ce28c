package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the order of the hooks, their threads, and listeners that throw, block or close
 * the client.
 */
class HookIntegrationTests extends ConnectionContract {

	@Test
	void aListenerThatThrowsCausesAnErrorHookOnly() {
		HookLog after = new HookLog();
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				throw new IllegalStateException("thrown by a test");
			}

			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				throw new LinkageError("thrown by a test");
			}

			@Override
			public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
				throw new IllegalStateException("thrown by a test");
			}
		}).listener(after));
		client.send("one").join();
		client.send("two").join();
		log().await("MESSAGE two");
		log().await("ERROR", 3);
		assertThat(log().lines()).containsExactly("OPEN", "ERROR LISTENER", "MESSAGE one", "ERROR LISTENER",
				"MESSAGE two", "ERROR LISTENER");
		assertThat(after.lines()).isEqualTo(log().lines());
		assertThat(client.isOpen()).isTrue();
	}

	@Test
	void aSlowListenerIsNotADeadPeerAndHeartbeatsContinue() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient client = open(settings().pingTimeout(Duration.ofMillis(200))
			.pongTimeout(Duration.ofMillis(200))
			.listener(new HeartbeatListener() {
				@Override
				public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
					if (message.getPayload().equals("slow")) {
						awaitUninterruptibly(release);
					}
				}
			}));
		client.send("slow").join();
		assertThat(server().connection(1).next()).isEqualTo("TEXT slow");
		for (int i = 0; i < 3; i++) {
			assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		}
		Awaitility.await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5)).until(client::isOpen);
		release.countDown();
		log().await("MESSAGE heartbeat", 3);
		assertThat(log().count("CLOSE")).isZero();
	}

	@Test
	void aStuckListenerDelaysNoOtherClient() {
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatListener stuck = new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				awaitUninterruptibly(release);
			}
		};
		for (int i = 0; i < 20; i++) {
			clients().create("stuck-" + i, settings().listener(stuck).build());
		}
		HeartbeatClient client = clients().create("test", settings().pingTimeout(Duration.ofMillis(100)).build());
		until(client::isOpen);
		log().await("MESSAGE heartbeat", 3);
		release.countDown();
	}

	@Test
	void aStuckListenerHoldsNoThreadOfAConnectionThatHasEnded() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			connection.text("welcome");
			connection.readSilently();
		});
		HeartbeatClient client = create(settings().listener(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				awaitUninterruptibly(release);
			}
		}));
		for (int i = 1; i <= 20; i++) {
			server().connection(i);
			until(client::isOpen);
			client.reconnect();
		}
		until(() -> Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getClassName().equals(HookQueue.class.getName())
						&& frame.getMethodName().equals("awaitTurn")))
			.count() <= 1);
		release.countDown();
		log().await("OPEN", 20);
	}

	@Test
	void aListenerWhoseSupportsThrowsIsNotCalled() {
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public boolean supports(String clientName) {
				throw new IllegalStateException("thrown by a test");
			}

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				throw new IllegalStateException("must not be called");
			}
		}));
		client.send("hello").join();
		log().await("MESSAGE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE hello");
	}

	@Test
	void nothingIsDeliveredAfterCloseHasReturned() {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		HeartbeatClient client = open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				entered.countDown();
				awaitUninterruptibly(release);
			}
		}));
		IntStream.range(0, 100).forEach((i) -> client.send("message " + i));
		awaitUninterruptibly(entered);
		client.close();
		release.countDown();
		log().await("CLOSE");
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE message 0", "CLOSE 1000 CLIENT");
	}

	@Test
	void closeFromWithinAHookActsAtOnce() {
		List<HeartbeatClientState> states = new ArrayList<>();
		open(settings().listener(new HeartbeatListener() {
			@Override
			public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
				client.close();
				states.add(client.getState());
			}
		})).send("close");
		log().await("CLOSE");
		assertThat(states).containsExactly(HeartbeatClientState.STOPPED);
		assertThat(log().lines()).containsExactly("OPEN", "MESSAGE close", "CLOSE 1000 CLIENT");
	}

	@Test
	void hooksNeverRunOnTheTimerThread() {
		server().behave(Behaviour.SILENT);
		create(settings().pingTimeout(Duration.ofMillis(100)).pongTimeout(Duration.ofMillis(100)));
		log().await("OPEN", 3);
		assertThat(log().entries()).allSatisfy((entry) -> assertThat(entry.thread()).doesNotContain("timer"));
	}

}
