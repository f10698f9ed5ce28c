package io.github.heartbeat.internal.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.heartbeat.test.internal.ManualEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests when the executor passes tasks on.
 */
class DeferringExecutorTests {

	private static final Duration LOOK = Duration.ofNanos(DeferringExecutor.CHECK_NANOS);

	private static final Duration MAX = Duration.ofNanos(DeferringExecutor.MAX_NANOS);

	private final ManualEngine engine = new ManualEngine();

	private final List<Integer> ran = new ArrayList<>();

	private boolean behind;

	private final DeferringExecutor executor = new DeferringExecutor(Runnable::run, this.engine, this.engine,
			() -> this.behind);

	private void execute(int number) {
		this.executor.execute(() -> this.ran.add(number));
	}

	@Test
	void whileTheTimerIsOnTimeTasksAreHandedOverAtOnce() {
		execute(1);
		execute(2);
		assertThat(this.ran).containsExactly(1, 2);
		assertThat(this.engine.scheduled()).isZero();
	}

	@Test
	void whileTheTimerIsBehindTasksWait() {
		this.behind = true;
		execute(1);
		execute(2);
		this.engine.advance(LOOK.multipliedBy(3));
		assertThat(this.ran).isEmpty();
		this.behind = false;
		this.engine.advance(LOOK);
		assertThat(this.ran).containsExactly(1, 2);
		assertThat(this.engine.pendingTimers()).isZero();
	}

	@Test
	void whatComesLaterDoesNotOvertakeWhatIsHeld() {
		this.behind = true;
		execute(1);
		this.behind = false;
		execute(2);
		assertThat(this.ran).isEmpty();
		this.engine.advance(LOOK.multipliedBy(2));
		assertThat(this.ran).containsExactly(1, 2);
	}

	@Test
	void whileMoreComeTasksWait() {
		this.behind = true;
		execute(1);
		this.behind = false;
		for (int number = 2; number <= 4; number++) {
			this.engine.advance(LOOK);
			assertThat(this.ran).isEmpty();
			execute(number);
		}
		this.engine.advance(LOOK.multipliedBy(2));
		assertThat(this.ran).containsExactly(1, 2, 3, 4);
	}

	@Test
	void aTimerThatIsAlwaysBehindHoldsThemUpForAWhileOnly() {
		this.behind = true;
		execute(1);
		this.engine.advance(MAX.minusNanos(1));
		assertThat(this.ran).isEmpty();
		this.engine.advance(Duration.ofNanos(1));
		assertThat(this.ran).containsExactly(1);
		execute(2);
		this.engine.advance(MAX.minusNanos(1));
		assertThat(this.ran).as("counted anew").containsExactly(1);
		this.engine.advance(Duration.ofNanos(1));
		assertThat(this.ran).containsExactly(1, 2);
	}

	@Test
	void aTimerThatDoesNotEvenLookHoldsThemUpForNoLongerIfMoreCome() {
		this.behind = true;
		execute(1);
		this.engine.advanceWithoutTimers(MAX.minusNanos(1));
		execute(2);
		assertThat(this.ran).isEmpty();
		this.engine.advanceWithoutTimers(Duration.ofNanos(1));
		execute(3);
		assertThat(this.ran).containsExactly(1, 2, 3);
		execute(4);
		this.engine.advance(LOOK.multipliedBy(2));
		assertThat(this.ran).as("counted anew").containsExactly(1, 2, 3);
		this.behind = false;
		this.engine.advance(LOOK.multipliedBy(2));
		assertThat(this.ran).containsExactly(1, 2, 3, 4);
	}

	@Test
	void aTaskThatCannotBeHandedOverHoldsUpNoOther() {
		this.behind = true;
		this.executor.execute(() -> {
			throw new OutOfMemoryError("for the test");
		});
		execute(1);
		this.engine.advance(MAX);
		assertThat(this.ran).containsExactly(1);
	}

	@Test
	void whatIsHandedOverMayExecuteMore() {
		this.behind = true;
		this.executor.execute(() -> execute(1));
		this.behind = false;
		this.engine.advance(LOOK.multipliedBy(2));
		assertThat(this.ran).containsExactly(1);
	}

	@Test
	void atTheEndAllIsHandedOverAndNothingIsHeldAnyMore() {
		this.behind = true;
		execute(1);
		execute(2);
		this.executor.close();
		assertThat(this.ran).containsExactly(1, 2);
		execute(3);
		assertThat(this.ran).containsExactly(1, 2, 3);
		this.engine.advance(MAX);
		assertThat(this.ran).containsExactly(1, 2, 3);
	}

}
