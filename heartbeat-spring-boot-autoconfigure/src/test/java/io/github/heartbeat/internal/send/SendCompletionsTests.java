package io.github.heartbeat.internal.send;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.test.internal.ManualEngine;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests when the futures of written messages complete, with a hand-driven clock.
 */
class SendCompletionsTests {

	private final ManualEngine engine = new ManualEngine();

	private final EngineResources resources = this.engine.resources(() -> 0.5);

	/** The client is only passed to observers, and there are none. */
	private final ClientObservation observation = new ClientObservation(null, List::of,
			new UserCodeLog("test", this.resources), this.resources);

	private final SendCompletions completions = new SendCompletions(this.resources);

	private CompletableFuture<Void> write() {
		PendingSend send = new PendingSend("test", new TextMessage("text"), this.observation);
		this.completions.add(send);
		return send.future();
	}

	@Test
	void oneThatIsWrittenAloneEndsAtOnceAndCostsNoTimer() {
		CompletableFuture<Void> future = write();
		this.completions.submit();
		assertThat(future).as("not on the thread that writes").isNotDone();
		this.engine.run();
		assertThat(future).isCompleted();
		assertThat(this.engine.scheduled()).isZero();
	}

	@Test
	void noneIsKeptBackForLongIfTheNextWriteIsStuck() {
		CompletableFuture<Void> future = write();
		this.completions.submitSoon();
		this.engine.advance(Duration.ofMillis(9));
		assertThat(future).isNotDone();
		this.engine.advance(Duration.ofMillis(1));
		assertThat(future).isCompleted();
		this.engine.advance(Duration.ofSeconds(1));
		assertThat(this.engine.pendingTimers()).isZero();
	}

	/**
	 * Simulates a timer that lost a task because of an exhausted heap.
	 */
	@Test
	void aLostTimeoutIsScheduledAgainAfterTwoChecks() {
		List<Runnable> timeouts = new ArrayList<>();
		Timer forgetful = (task, delay) -> {
			timeouts.add(task);
			return () -> {
			};
		};
		SendCompletions completions = new SendCompletions(new EngineResources(
				this.engine, forgetful, () -> 0.5, new EngineExecutors(Runnable::run, Runnable::run, Runnable::run,
						Runnable::run, Runnable::run, Runnable::run, Runnable::run),
				this.resources.pauseDetector(), null, () -> {
				}));
		PendingSend first = new PendingSend("test", new TextMessage("first"), this.observation);
		completions.add(first);
		completions.submitSoon();
		completions.check();
		completions.submitSoon();
		assertThat(timeouts).as("the timeout may still run").hasSize(1);
		completions.check();
		assertThat(first.future()).isCompleted();
		PendingSend second = new PendingSend("test", new TextMessage("second"), this.observation);
		completions.add(second);
		completions.submitSoon();
		assertThat(timeouts).hasSize(2);
		timeouts.get(1).run();
		assertThat(second.future()).isCompleted();
	}

	/**
	 * Code that depends on the first future may wait for the second one. Another thread
	 * then completes the second one.
	 */
	@Test
	void oneThatSomethingDependsOnHoldsUpNoOther() {
		CompletableFuture<Void> first = write();
		CompletableFuture<Void> second = write();
		List<Boolean> seen = new ArrayList<>();
		first.thenRun(() -> {
			this.engine.run();
			seen.add(second.isDone());
		});
		this.completions.submit();
		this.engine.run();
		assertThat(seen).containsExactly(true);
	}

}
