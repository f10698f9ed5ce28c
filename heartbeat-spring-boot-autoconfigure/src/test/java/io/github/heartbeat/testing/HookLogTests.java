package io.github.heartbeat.testing;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link HookLog}.
 */
@Timeout(20)
class HookLogTests {

	private final HookLog log = new HookLog();

	private final HeartbeatClient client = mock();

	@Test
	void hooksOneAfterTheOtherDoNotOverlap() throws Exception {
		List<HeartbeatListener> listeners = List.of(this.log.first(), new HeartbeatListener() {
		}, this.log);
		onThreadOfItsOwn(() -> open(this.client, listeners)).join();
		message(this.client, listeners);
		onThreadOfItsOwn(() -> message(this.client, listeners)).join();
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE text", "MESSAGE text");
		assertThat(this.log.hasOverlapped()).isFalse();
	}

	@Test
	void hooksOneAfterTheOtherDoNotOverlapWhereTheLogIsTheOnlyListener() throws Exception {
		onThreadOfItsOwn(() -> open(this.client, List.of(this.log))).join();
		message(this.client, List.of(this.log));
		assertThat(this.log.lines()).containsExactly("OPEN", "MESSAGE text");
		assertThat(this.log.hasOverlapped()).isFalse();
	}

	@Test
	void aHookWhileAnotherListenerIsStillBusyWithTheOneBeforeOverlaps() throws Exception {
		Blocker blocker = new Blocker();
		List<HeartbeatListener> listeners = List.of(this.log.first(), blocker, this.log);
		Thread first = onThreadOfItsOwn(() -> open(this.client, listeners));
		blocker.entered.await();
		assertThat(this.log.lines()).isEmpty();
		message(this.client, listeners);
		blocker.release.countDown();
		first.join();
		assertThat(this.log.hasOverlapped()).isTrue();
	}

	@Test
	void aHookThatBeginsAndDoesNotEndDuringAnotherOneOverlaps() throws Exception {
		Blocker blocker = new Blocker();
		List<HeartbeatListener> listeners = List.of(this.log.first(), blocker, this.log);
		this.log.first().onMessage(this.client, new TextMessage("text"));
		Thread second = onThreadOfItsOwn(() -> open(this.client, listeners));
		blocker.entered.await();
		assertThat(this.log.hasOverlapped()).isTrue();
		blocker.release.countDown();
		second.join();
	}

	@Test
	void aHookWithinAHookOfTheSameThreadOverlaps() {
		List<HeartbeatListener> listeners = List.of(this.log.first(), this.log);
		open(this.client, List.of(this.log.first(), new HeartbeatListener() {
			@Override
			public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
				message(client, listeners);
			}
		}, this.log));
		assertThat(this.log.lines()).containsExactly("MESSAGE text", "OPEN");
		assertThat(this.log.hasOverlapped()).isTrue();
	}

	@Test
	void hooksOfTwoClientsDoNotOverlap() throws Exception {
		Blocker blocker = new Blocker();
		List<HeartbeatListener> listeners = List.of(this.log.first(), blocker, this.log);
		Thread first = onThreadOfItsOwn(() -> open(this.client, listeners));
		blocker.entered.await();
		message(mock(), listeners);
		blocker.release.countDown();
		first.join();
		assertThat(this.log.lines()).containsExactly("MESSAGE text", "OPEN");
		assertThat(this.log.hasOverlapped()).isFalse();
	}

	private static Thread onThreadOfItsOwn(Runnable hook) {
		Thread thread = new Thread(hook);
		thread.start();
		return thread;
	}

	private static void open(HeartbeatClient client, List<HeartbeatListener> listeners) {
		WebSocketSession session = mock();
		listeners.forEach((listener) -> listener.onOpen(client, session, false));
	}

	private static void message(HeartbeatClient client, List<HeartbeatListener> listeners) {
		WebSocketMessage<?> message = new TextMessage("text");
		listeners.forEach((listener) -> listener.onMessage(client, message));
	}

	/**
	 * Blocks in the open hook until it is released.
	 */
	private static final class Blocker implements HeartbeatListener {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			this.entered.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
