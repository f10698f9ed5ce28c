package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSubscription;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Subscriptions and {@code send.on-open}, with a hand-driven clock.
 */
class ClientSubscriptionTests extends HandDrivenClient {

	/**
	 * Return what was written on the last connection.
	 */
	private List<String> texts() {
		this.engine.run();
		return this.network.lastPeer()
			.written()
			.stream()
			.filter((text) -> !text.startsWith("CLOSE ") && !text.equals("heartbeat"))
			.toList();
	}

	private void reconnect() {
		this.network.lastPeer().close(1001);
		advanceMillis(2_000);
		assertThat(this.client.isOpen()).isTrue();
	}

	@Test
	void aSubscriptionIsSentOnEachConnectionOnce() {
		start(settings());
		HeartbeatSubscription subscription = this.client.subscribe("eur", "subscribe eur", "unsubscribe eur");
		assertThat(subscription.getKey()).isEqualTo("eur");
		assertThat(subscription.isActive()).isTrue();
		assertThat(texts()).containsExactly("subscribe eur");
		this.client.subscribe("usd", "subscribe usd", null);
		assertThat(texts()).containsExactly("subscribe eur", "subscribe usd");
		reconnect();
		assertThat(texts()).containsExactly("subscribe eur", "subscribe usd");
		assertThat(this.client.getSnapshot().subscriptions()).isEqualTo(2);
	}

	@Test
	void theOrderOnTheWireIsThatOfTheContract() {
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.send("hook");
			}

		});
		start(settings().sendOnOpen("login", "greeting").sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE));
		this.client.subscribe("b", "subscribe b", null);
		this.client.subscribe("a", "subscribe a", null);
		this.network.lastPeer().close(1001);
		this.client.send("queued");
		advanceMillis(2_000);
		this.client.send("live");
		assertThat(texts()).containsExactly("login", "greeting", "hook", "subscribe b", "subscribe a", "queued",
				"live");
	}

	@Test
	void aClosedSubscriptionIsUnsubscribedOnce() {
		start(settings());
		HeartbeatSubscription subscription = this.client.subscribe("eur", "subscribe", "unsubscribe");
		assertThat(texts()).containsExactly("subscribe");
		subscription.close();
		subscription.close();
		assertThat(subscription.isActive()).isFalse();
		assertThat(texts()).containsExactly("subscribe", "unsubscribe");
		reconnect();
		assertThat(texts()).isEmpty();
		assertThat(this.client.getSnapshot().subscriptions()).isZero();
	}

	@Test
	void aSubscriptionThatEndsWhileTheClientIsNotOpenIsNeverSentAgain() {
		start(settings());
		HeartbeatSubscription subscription = this.client.subscribe("eur", "subscribe", "unsubscribe");
		this.network.lastPeer().close(1001);
		subscription.close();
		advanceMillis(2_000);
		assertThat(texts()).isEmpty();
	}

	@Test
	void theSameKeyReplaces() {
		start(settings());
		HeartbeatSubscription first = this.client.subscribe("eur", "subscribe 1", "unsubscribe 1");
		assertThat(texts()).containsExactly("subscribe 1");
		HeartbeatSubscription second = this.client.subscribe("eur", "subscribe 2", "unsubscribe 2");
		assertThat(first.isActive()).isFalse();
		first.close();
		assertThat(second.isActive()).isTrue();
		assertThat(texts()).containsExactly("subscribe 1", "unsubscribe 1", "subscribe 2");
		assertThat(this.client.getSnapshot().subscriptions()).isOne();
	}

	@Test
	void subscriptionsOutliveCloseAndOpenAndEndWithRemove() {
		start(settings());
		HeartbeatSubscription subscription = this.client.subscribe("eur", "subscribe", "unsubscribe");
		this.client.close();
		assertThat(subscription.isActive()).isTrue();
		this.client.open();
		advanceMillis(2_000);
		assertThat(texts()).containsExactly("subscribe");
		this.client.remove(() -> {
		});
		assertThat(subscription.isActive()).isFalse();
		subscription.close();
		assertThatIllegalStateException().isThrownBy(() -> this.client.subscribe("usd", "subscribe", null))
			.withMessage("Client 'test' was removed");
	}

	@Test
	void aSubscriptionOfAnOpenHookIsSentOnceAfterTheMessagesOfTheHook() {
		this.listeners.add(new HeartbeatListener() {

			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				client.subscribe("eur", "subscribe", null);
				client.send("hook");
			}

		});
		start(settings());
		assertThat(texts()).containsExactly("hook", "subscribe");
	}

	@Test
	void aCallThatRacesWithAnOpenIsSentOnce() {
		this.engine.holdHooks(true);
		start(settings());
		this.client.subscribe("eur", "subscribe", null);
		this.engine.holdHooks(false);
		assertThat(texts()).containsExactly("subscribe");
	}

	@Test
	void aSupplierThatThrowsIsReportedAndAskedAgainForTheNextConnection() {
		AtomicInteger asked = new AtomicInteger();
		start(settings());
		this.client.subscribe("eur", () -> {
			if (asked.incrementAndGet() == 1) {
				throw new IllegalStateException("secret");
			}
			return new TextMessage("subscribe " + asked);
		}, null);
		this.client.subscribe("usd", "subscribe usd", null);
		assertThat(texts()).containsExactly("subscribe usd");
		assertThat(asked).hasValue(1);
		assertThat(this.log.lines()).contains("ERROR SUBSCRIPTION");
		assertThat(this.client.getSnapshot().lastError()).isNotNull()
			.satisfies((error) -> assertThat(error.cause().getKind())
				.isEqualTo(HeartbeatConnectionException.Kind.SUBSCRIPTION))
			.satisfies((error) -> assertThat(error.cause()).hasMessageNotContaining("secret"));
		reconnect();
		assertThat(texts()).containsExactly("subscribe 2", "subscribe usd");
	}

	/**
	 * The open hook of a connection that has ended sends no subscriptions. The connection
	 * is aborted a moment later.
	 */
	@Test
	void nothingFollowsAnOpenHookThatWasTooLateForTheSubscriptions() {
		this.observers.add((client) -> new HeartbeatClientObserver() {

			@Override
			public void connectionEnded(int code, HeartbeatInitiator initiator) {
				ClientSubscriptionTests.this.engine.holdHooks(false);
				ClientSubscriptionTests.this.engine.holdIo(false);
				ClientSubscriptionTests.this.engine.run();
			}

		});
		this.engine.holdHooks(true);
		this.engine.holdIo(true);
		start(settings().pingTimeout(Duration.ofSeconds(1)));
		this.client.subscribe("eur", "subscribe", null);
		advanceMillis(1_000);
		CompletableFuture<Void> accepted = this.client.send("accepted");
		FakeNetwork.Peer peer = this.network.lastPeer();
		this.client.reconnect();
		assertThat(peer.written()).doesNotContain("accepted");
		this.engine.run();
		assertThat(accepted).isCompletedExceptionally();
		assertThat(texts()).containsExactly("subscribe");
	}

	@Test
	void boundsAndTheTimeToLiveDoNotCountSubscriptions() {
		start(settings().sendQueueMessages(1).sendOnOpen("login"));
		for (int i = 0; i < 50; i++) {
			this.client.subscribe("key" + i, "subscribe " + i, null);
		}
		reconnect();
		assertThat(texts()).hasSize(51).startsWith("login", "subscribe 0");
	}

	@Test
	void aKeyIsRequired() {
		start(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.subscribe(" ", "subscribe", null))
			.withMessage("'key' must not be empty");
	}

}
