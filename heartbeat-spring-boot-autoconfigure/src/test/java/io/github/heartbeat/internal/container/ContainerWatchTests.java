package io.github.heartbeat.internal.container;

import java.io.IOException;
import java.time.Duration;

import io.github.heartbeat.test.internal.ManualEngine;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

class ContainerWatchTests {

	private final ContainerSupport container = mock(ContainerSupport.class);

	private final ManualEngine engine = new ManualEngine();

	private final ContainerWatch watch = new ContainerWatch(this.container, this.engine.resources(() -> 0.5).connects(),
			this.engine);

	private void check() {
		this.watch.check();
		this.engine.run();
	}

	@Test
	void aContainerIsVerifiedOnceAndThenOnlyOnSuspicion() throws Exception {
		given(this.container.isAlive()).willReturn(true);
		check();
		check();
		then(this.container).should(times(1)).isAlive();
		this.watch.suspect();
		check();
		check();
		then(this.container).should(times(2)).isAlive();
		then(this.container).should(never()).replace();
	}

	@Test
	void aContainerIsNotReplacedWithoutSuspicion() throws Exception {
		check();
		then(this.container).should().isAlive();
		then(this.container).should(never()).replace();
		assertThat(this.watch.isDead()).isFalse();
	}

	@Test
	void aFirstVerificationThatFailsIsNotRepeated() throws Exception {
		given(this.container.isAlive()).willThrow(new IOException("on purpose"));
		check();
		check();
		then(this.container).should(times(1)).isAlive();
	}

	@Test
	void aDeadContainerIsReplaced() throws Exception {
		given(this.container.isAlive()).willReturn(false, true);
		given(this.container.replace()).willReturn(true);
		this.watch.suspect();
		check();
		then(this.container).should().replace();
		assertThat(this.watch.isDead()).isFalse();
	}

	@Test
	void aDeadContainerThatCannotBeReplacedIsKnownToBeDead() throws Exception {
		given(this.container.isAlive()).willReturn(false, false, true);
		this.watch.suspect();
		check();
		assertThat(this.watch.isDead()).isTrue();
		this.watch.suspect();
		check();
		assertThat(this.watch.isDead()).isTrue();
		this.watch.suspect();
		check();
		assertThat(this.watch.isDead()).isFalse();
	}

	@Test
	void aVerificationThatFailsIsRepeated() throws Exception {
		given(this.container.isAlive()).willThrow(new OutOfMemoryError("on purpose")).willReturn(true);
		this.watch.suspect();
		check();
		check();
		check();
		then(this.container).should(times(2)).isAlive();
	}

	@Test
	void aVerificationWhoseThreadWasLostIsRepeated() throws Exception {
		given(this.container.isAlive()).willReturn(true);
		ContainerWatch lost = new ContainerWatch(this.container, (task) -> {
			if (this.engine.scheduled() > 0) {
				task.run();
			}
		}, this.engine);
		lost.suspect();
		lost.check();
		this.engine.schedule(() -> {
		}, 0);
		lost.check();
		then(this.container).should(never()).isAlive();
		this.engine.advance(Duration.ofSeconds(31));
		lost.check();
		then(this.container).should().isAlive();
	}

}
