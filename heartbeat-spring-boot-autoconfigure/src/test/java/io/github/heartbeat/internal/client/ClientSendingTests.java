package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.internal.client.FakeNetwork.Mode;
import io.github.heartbeat.internal.container.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests messages with a hand-driven clock: their order, limits and expiry, and the
 * completion of every future.
 */
class ClientSendingTests extends HandDrivenClient {

	private static HeartbeatClientSettings.Builder queueing() {
		return settings().sendWhileDisconnected(HeartbeatSendWhileDisconnected.QUEUE);
	}

	private static Reason reasonOf(CompletableFuture<Void> send) {
		assertThat(send).isDone();
		try {
			send.join();
			throw new AssertionError("Was sent");
		}
		catch (CompletionException ex) {
			return ((HeartbeatSendException) ex.getCause()).getReason();
		}
	}

	private void greet(String... greetings) {
		this.listeners.add(new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				for (String greeting : greetings) {
					client.send(greeting);
				}
			}
		});
	}

	@Test
	void whatIsSentWhileNotOpenIsRefusedUnlessItIsToBeQueued() {
		this.network.mode(Mode.REFUSE);
		start(settings());
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.WAITING);
		assertThat(reasonOf(this.client.send("waiting"))).isEqualTo(Reason.NOT_OPEN);
		this.network.mode(Mode.HANG);
		advanceMillis(2000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.CONNECTING);
		assertThat(reasonOf(this.client.send("connecting"))).isEqualTo(Reason.NOT_OPEN);
	}

	@Test
	void whatIsQueuedWhileNotOpenGoesOutInOrderBehindTheGreeting() {
		greet("greeting 1", "greeting 2");
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> first = this.client.send("queued 1");
		this.network.mode(Mode.HANG);
		advanceMillis(2000);
		CompletableFuture<Void> second = this.client.send("queued 2");
		this.engine.holdHooks(true);
		this.network.handshakes().get(1).accept();
		CompletableFuture<Void> third = this.client.send("accepted while open");
		assertThat(List.of(first, second, third)).noneMatch(CompletableFuture::isDone);
		this.engine.holdHooks(false);
		assertThat(this.network.lastPeer().written()).containsExactly("greeting 1", "greeting 2", "queued 1",
				"queued 2", "accepted while open");
		assertThat(List.of(first, second, third)).allSatisfy((send) -> assertThat(send).isCompleted());
	}

	@Test
	void nothingButHeartbeatsGoesOutBeforeTheOpenHookIsOver() {
		this.network.answers(false);
		this.engine.holdHooks(true);
		start(settings());
		this.client.send("early");
		advanceMillis(15_000);
		assertThat(this.network.lastPeer().written()).containsExactly("heartbeat");
		this.engine.holdHooks(false);
		assertThat(this.network.lastPeer().written()).containsExactly("heartbeat", "early");
	}

	@Test
	void onlyWhatWasAcceptedWhileNotOpenWaitsForTheNextConnection() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> before = this.client.send("before");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdIo(true);
		advanceMillis(2000);
		assertThat(this.client.isOpen()).isTrue();
		CompletableFuture<Void> during = this.client.send("during");
		this.network.lastPeer().close(1001);
		CompletableFuture<Void> after = this.client.send("after");
		this.engine.holdIo(false);
		advanceMillis(2000);
		assertThat(reasonOf(during)).isEqualTo(Reason.CONNECTION_LOST);
		assertThat(this.network.peers()).hasSize(2);
		assertThat(this.network.peers().get(0).written()).isEmpty();
		assertThat(this.network.lastPeer().written()).containsExactly("before", "after");
		assertThat(before).isCompleted();
		assertThat(after).isCompleted();
	}

	@Test
	void aConnectionThatIsBeingClosedLeavesTheQueueToTheNext() {
		this.network.answersCloses(false);
		start(queueing());
		this.engine.holdIo(true);
		advanceMillis(1);
		this.client.send("accepted while open");
		this.client.machine().closedByView(connection(), CloseStatus.NORMAL);
		this.client.send("queued");
		this.engine.holdIo(false);
		advanceMillis(3000);
		assertThat(this.network.peers().get(0).written()).containsExactly("accepted while open", "CLOSE 1000");
		assertThat(this.network.peers().get(1).written()).containsExactly("queued");
	}

	@Test
	void aConnectionThatIsBeingClosedStillWritesWhatWasQueuedBeforeItInOrder() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		this.client.send("queued 1");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdIo(true);
		advanceMillis(2000);
		this.client.send("accepted while open");
		this.client.machine().closedByView(connection(), CloseStatus.NORMAL);
		advanceMillis(1);
		this.client.send("queued 2");
		this.engine.holdIo(false);
		advanceMillis(3000);
		assertThat(this.network.peers().get(0).written()).containsExactly("queued 1", "accepted while open",
				"CLOSE 1000");
		assertThat(this.network.peers().get(1).written()).containsExactly("queued 2");
	}

	@Test
	void nothingOfTheQueueGoesOutBeforeTheGreetingThoughTheConnectionIsBeingClosed() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		this.client.send("queued");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdHooks(true);
		advanceMillis(2000);
		this.client.machine().closedByView(connection(), CloseStatus.NORMAL);
		this.engine.run();
		assertThat(this.network.peers().get(0).written()).containsExactly("CLOSE 1000");
		this.engine.holdHooks(false);
		advanceMillis(3000);
		assertThat(this.network.peers().get(1).written()).containsExactly("queued");
	}

	@Test
	void whatAPoliteEndOfTheConnectionAloneLeavesUnwrittenIsLostAndNotClosed() {
		this.network.answersCloses(false);
		start(settings());
		this.engine.holdIo(true);
		CompletableFuture<Void> send = this.client.send("unwritten");
		this.client.machine().closedByView(connection(), CloseStatus.NORMAL);
		advanceMillis(2000);
		assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST);
	}

	@Test
	void aQueuedMessageThatWaitsTooLongIsRefusedOnTimeAndNotSentLate() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> first = this.client.send("first");
		advanceMillis(10_000);
		CompletableFuture<Void> second = this.client.send("second");
		advanceMillis(19_999);
		assertThat(first).isNotDone();
		advanceMillis(1);
		assertThat(reasonOf(first)).isEqualTo(Reason.EXPIRED);
		assertThat(second).isNotDone();
		this.network.mode(Mode.ACCEPT);
		advanceMillis(9_999);
		assertThat(this.network.lastPeer().written()).containsExactly("second");
		assertThat(second).isCompleted();
	}

	@Test
	void aMessageThatWaitsTooLongOnAnOpenConnectionIsRefusedOnTimeToo() {
		start(settings().pingTimeout(Duration.ofHours(1)).sendTimeToLive(Duration.ofSeconds(3)));
		this.engine.holdIo(true);
		CompletableFuture<Void> first = this.client.send("first");
		advanceMillis(2000);
		CompletableFuture<Void> second = this.client.send("second");
		advanceMillis(999);
		assertThat(first).isNotDone();
		advanceMillis(1);
		assertThat(reasonOf(first)).isEqualTo(Reason.EXPIRED);
		advanceMillis(1999);
		this.engine.holdIo(false);
		assertThat(second).isCompleted();
		assertThat(this.network.lastPeer().written()).containsExactly("second");
	}

	@Test
	void nothingThatIsOverdueIsSentThoughTheTimerIsLate() {
		start(settings().sendTimeToLive(Duration.ofSeconds(3)));
		this.engine.holdIo(true);
		CompletableFuture<Void> send = this.client.send("overdue");
		this.engine.advanceWithoutTimers(Duration.ofSeconds(3));
		this.engine.holdIo(false);
		assertThat(reasonOf(send)).isEqualTo(Reason.EXPIRED);
		assertThat(this.network.lastPeer().written()).isEmpty();
	}

	@Test
	void theTimeToLiveCostsOneTimerOperationAndNotOneForEachMessage() {
		start(settings());
		long before = this.engine.scheduled();
		IntStream.range(0, 1000).forEach((i) -> {
			this.client.send("message " + i);
			this.engine.run();
		});
		assertThat(this.network.lastPeer().written()).hasSize(1000);
		assertThat(this.engine.scheduled() - before).isLessThanOrEqualTo(2);
	}

	@Test
	void theBoundsHoldForWhatWaitsAltogether() {
		this.network.mode(Mode.REFUSE);
		start(queueing().sendQueueMessages(3));
		this.client.send("1");
		this.client.send("2");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdIo(true);
		advanceMillis(2000);
		assertThat(this.client.isOpen()).isTrue();
		CompletableFuture<Void> third = this.client.send("3");
		assertThat(reasonOf(this.client.send("4"))).isEqualTo(Reason.QUEUE_FULL);
		this.engine.holdIo(false);
		assertThat(third).isCompleted();
		assertThat(this.network.lastPeer().written()).containsExactly("1", "2", "3");
		assertThat(this.client.send("5")).isNotDone();
	}

	@Test
	void bytesAreBoundedAndOneLargerMessageIsAcceptedWhenNothingWaits() {
		this.network.mode(Mode.REFUSE);
		start(queueing().sendQueueBytes(DataSize.ofBytes(10)));
		CompletableFuture<Void> large = this.client.send("x".repeat(100));
		assertThat(large).isNotDone();
		assertThat(reasonOf(this.client.send("x"))).isEqualTo(Reason.QUEUE_FULL);
		advanceMillis(30_000);
		assertThat(reasonOf(large)).isEqualTo(Reason.EXPIRED);
		assertThat(this.client.send("ööööö")).as("ten bytes").isNotDone();
		assertThat(reasonOf(this.client.send("x"))).isEqualTo(Reason.QUEUE_FULL);
	}

	@Test
	void whatFailsGivesItsRoomBack() {
		start(queueing().sendQueueMessages(2));
		for (int i = 0; i < 5; i++) {
			this.engine.holdIo(true);
			List<CompletableFuture<Void>> sends = List.of(this.client.send("1"), this.client.send("2"));
			assertThat(reasonOf(this.client.send("3"))).isEqualTo(Reason.QUEUE_FULL);
			this.network.lastPeer().drop();
			this.engine.holdIo(false);
			assertThat(sends).allSatisfy((send) -> assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST));
			advanceMillis(2000);
			assertThat(this.client.isOpen()).isTrue();
		}
	}

	@Test
	void theClientGettingStoppedEndsWhatIsQueued() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> queued = this.client.send("queued");
		this.client.close();
		this.engine.run();
		assertThat(reasonOf(queued)).isEqualTo(Reason.CLOSED);
		assertThat(reasonOf(this.client.send("too late"))).isEqualTo(Reason.CLOSED);
		this.network.mode(Mode.ACCEPT);
		this.client.open();
		this.engine.run();
		assertThat(this.network.lastPeer().written()).isEmpty();
		advanceMillis(0);
		this.client.close();
		advanceMillis(10_000);
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void givingUpEndsWhatIsQueued() {
		this.network.mode(Mode.REFUSE);
		start(queueing().repeatLimit(1));
		CompletableFuture<Void> queued = this.client.send("queued");
		advanceMillis(2000);
		assertThat(this.client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		assertThat(reasonOf(queued)).isEqualTo(Reason.CLOSED);
		assertThat(reasonOf(this.client.send("too late"))).isEqualTo(Reason.CLOSED);
	}

	@Test
	void closeWritesWhatWasAcceptedWhileOpenAndFailsTheQueue() {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> queued = this.client.send("queued");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdHooks(true);
		this.engine.holdIo(true);
		advanceMillis(2000);
		CompletableFuture<Void> accepted = this.client.send("accepted while open");
		this.client.close();
		this.engine.holdIo(false);
		this.engine.holdHooks(false);
		assertThat(reasonOf(queued)).isEqualTo(Reason.CLOSED);
		assertThat(accepted).isCompleted();
		assertThat(this.network.lastPeer().written()).containsExactly("accepted while open", "CLOSE 1000");
	}

	/**
	 * The queue waits for the next connection, because the greeting of the current one is
	 * not complete, and messages that were sent later must not be written first.
	 */
	@Test
	void whatIsQueuedIsNotOvertakenOnAConnectionThatIsClosedBeforeItsGreetingIsOver() throws Exception {
		this.network.mode(Mode.REFUSE);
		start(queueing());
		CompletableFuture<Void> queued = this.client.send("queued");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdHooks(true);
		advanceMillis(2000);
		CompletableFuture<Void> later = this.client.send("accepted while open");
		this.client.getSession().close();
		this.engine.holdHooks(false);
		advanceMillis(4000);
		assertThat(this.network.peers().get(0).written()).containsExactly("CLOSE 1000");
		assertThat(this.network.peers().get(1).written()).containsExactly("queued");
		assertThat(queued).isCompleted();
		assertThat(reasonOf(later)).isEqualTo(Reason.CONNECTION_LOST);
	}

	@Test
	void aGreetingOfAConnectionThatIsGoneWaitsForNoOther() {
		greet("greeting");
		this.engine.holdHooks(true);
		start(queueing());
		this.network.lastPeer().close(1000);
		this.engine.holdHooks(false);
		advanceMillis(2000);
		assertThat(this.network.lastPeer().written()).containsExactly("greeting");
	}

	@Test
	void whatWaitsIsWrittenTogetherInOrderAsFarAsThereIsRoom() {
		this.network.batchBytes(3 * (5 + Transport.FRAME_BYTES));
		greet("hello");
		this.network.mode(Mode.REFUSE);
		start(queueing());
		this.client.send("queue");
		this.network.mode(Mode.ACCEPT);
		this.engine.holdIo(true);
		advanceMillis(2000);
		List<CompletableFuture<Void>> sends = Stream.of("one", "two", "too large for the rest", "three", "four")
			.map(this.client::send)
			.toList();
		this.engine.holdIo(false);
		assertThat(this.network.lastPeer().written()).containsExactly("hello", "queue", "one", "two",
				"too large for the rest", "three", "four");
		assertThat(this.network.lastPeer().writes()).containsExactly(3, 2, 2);
		assertThat(sends).allSatisfy((send) -> assertThat(send).isCompleted());
	}

	@Test
	void aHeartbeatWaitsForNoMoreThanOneBatch() {
		this.network.batchBytes(1000);
		this.network.answers(false);
		start(settings());
		this.engine.holdIo(true);
		advanceMillis(15_000);
		this.client.send("one");
		this.client.send("two");
		this.engine.holdIo(false);
		assertThat(this.network.lastPeer().written()).containsExactly("heartbeat", "one", "two");
		assertThat(this.network.lastPeer().writes()).containsExactly(1, 2);
	}

	@Test
	void theFuturesOfABatchThatFailsEndOnce() {
		this.network.batchBytes(1000);
		start(settings());
		this.engine.holdIo(true);
		List<CompletableFuture<Void>> sends = Stream.of("one", "two", "three").map(this.client::send).toList();
		this.network.lastPeer().closeSocket();
		this.engine.holdIo(false);
		assertThat(this.network.peers().get(0).writes()).containsExactly(3);
		assertThat(sends).allSatisfy((send) -> assertThat(reasonOf(send)).isEqualTo(Reason.CONNECTION_LOST));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\uD83D", "b\uD83Db", "\uDE80\uD83D", "a\uDE80" })
	void halfASurrogatePairIsRefusedAtOnce(String text) {
		start(settings());
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.send(text))
			.withMessageContaining("surrogate");
		CompletableFuture<Void> pair = this.client.send("\uD83D\uDE80");
		advanceMillis(1);
		assertThat(pair).isCompleted();
		assertThat(this.network.lastPeer().written()).containsExactly("\uD83D\uDE80");
	}

}
