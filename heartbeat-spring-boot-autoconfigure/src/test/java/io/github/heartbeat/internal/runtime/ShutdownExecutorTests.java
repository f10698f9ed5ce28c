package io.github.heartbeat.internal.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests what runs at shutdown, on how many threads, and for how long.
 */
@Timeout(30)
class ShutdownExecutorTests {

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private ShutdownExecutor executor(Duration deadline) {
		return new ShutdownExecutor((task) -> {
			Thread thread = new Thread(task);
			this.threads.add(thread);
			return thread;
		}, deadline.toNanos());
	}

	@Test
	void allTasksRunOnABoundedNumberOfThreadsWhichEnd() {
		AtomicInteger ran = new AtomicInteger();
		executor(Duration.ofSeconds(10)).executeAll(Collections.nCopies(100_000, ran::incrementAndGet));
		await().until(() -> ran.get() == 100_000);
		assertThat(this.threads).hasSizeLessThanOrEqualTo(ShutdownExecutor.MAX_THREADS + 1);
		await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void tasksThatAreStuckAreInterruptedAtTheDeadlineAndHoldUpNoOther() {
		AtomicInteger ran = new AtomicInteger();
		List<Runnable> tasks = new ArrayList<>();
		for (int i = 0; i < ShutdownExecutor.MAX_THREADS; i++) {
			tasks.add(() -> parkUntilInterrupted());
		}
		tasks.addAll(Collections.nCopies(1000, ran::incrementAndGet));
		executor(Duration.ofMillis(100)).executeAll(tasks);
		await().until(() -> ran.get() == 1000);
		await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void whatIsBehindTasksThatIgnoreTheirInterruptIsDropped() throws Exception {
		CountDownLatch released = new CountDownLatch(1);
		CountDownLatch stuck = new CountDownLatch(ShutdownExecutor.MAX_THREADS);
		AtomicInteger ran = new AtomicInteger();
		List<Runnable> tasks = new ArrayList<>();
		for (int i = 0; i < ShutdownExecutor.MAX_THREADS; i++) {
			tasks.add(() -> {
				stuck.countDown();
				awaitIgnoringInterrupts(released);
			});
		}
		tasks.add(ran::incrementAndGet);
		executor(Duration.ofMillis(50)).executeAll(tasks);
		assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
		await().until(() -> this.threads.stream().filter(Thread::isAlive).count() == ShutdownExecutor.MAX_THREADS);
		released.countDown();
		await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
		assertThat(ran).hasValue(0);
	}

	@Test
	void whatComesLaterRunsToo() throws Exception {
		ShutdownExecutor executor = executor(Duration.ofSeconds(1));
		executor.executeAll(List.of());
		CountDownLatch ran = new CountDownLatch(1);
		executor.execute(ran::countDown);
		assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
		await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
	}

	private static void parkUntilInterrupted() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void awaitIgnoringInterrupts(CountDownLatch latch) {
		boolean released = false;
		while (!released) {
			try {
				latch.await();
				released = true;
			}
			catch (InterruptedException ex) {
				// This is the tested case.
				released = false;
			}
		}
	}

}
