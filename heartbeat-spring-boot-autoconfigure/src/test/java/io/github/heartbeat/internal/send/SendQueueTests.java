package io.github.heartbeat.internal.send;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.test.internal.ManualEngine;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which messages expire, with a hand-driven clock.
 */
class SendQueueTests {

	private final ManualEngine engine = new ManualEngine();

	private final EngineResources resources = this.engine.resources(() -> 0.5);

	/** The client is only passed to observers, and there are none. */
	private final ClientObservation observation = new ClientObservation(null, List::of,
			new UserCodeLog("test", this.resources), this.resources);

	private final SendQueue queue = SendQueue.unlimited(new EngineLock(), this.resources,
			new SendCompletions(this.resources));

	/**
	 * The check of all clients reads the clock once, and can then wait for the queue
	 * while a message is added to it.
	 */
	@Test
	void aMessageThatWasAcceptedAfterTheClockWasReadDoesNotExpire() {
		long now = this.resources.ticker().nanoTime();
		this.engine.advance(Duration.ofMillis(1));
		CompletableFuture<Void> future = offer();
		assertThat(this.queue.hasMessage(now)).isTrue();
		this.engine.run();
		assertThat(future).isNotDone();
	}

	@Test
	void aMessageOfAnUnlimitedQueueNeverExpires() {
		offer();
		this.engine.advance(Duration.ofDays(3650));
		assertThat(this.queue.hasMessage(this.resources.ticker().nanoTime())).isTrue();
	}

	private CompletableFuture<Void> offer() {
		PendingSend send = new PendingSend("test", new TextMessage("text"), this.observation);
		assertThat(this.queue.offer(send)).isNull();
		return send.future();
	}

}
