package io.github.heartbeat.internal.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.internal.client.LiveClients;
import io.github.heartbeat.testing.VirtualThreads;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class EngineResourcesTests {

	private EngineResources resources;

	@AfterEach
	void shutdown() {
		this.resources.shutdown();
	}

	@Test
	void tasksRunAtOnceAndAreInterruptedAtTheEnd() throws Exception {
		this.resources = EngineResources.create(false);
		assertThatTasksRunAtOnceAndAreInterruptedAtTheEnd(false);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void tasksOfVirtualThreadsRunAtOnceAndAreInterruptedAtTheEnd() throws Exception {
		this.resources = EngineResources.create(true);
		assertThatTasksRunAtOnceAndAreInterruptedAtTheEnd(true);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void theTimerHasAPlatformThread() throws Exception {
		this.resources = EngineResources.create(true);
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		this.resources.timer().schedule(() -> thread.complete(Thread.currentThread()), 0);
		assertThat(VirtualThreads.isVirtual(thread.get())).isFalse();
	}

	@Test
	void whereManyWaitWhatIsDueAtAboutTheSameTimeIsDueWithTheSameTick() {
		this.resources = EngineResources.create(false);
		int many = EngineResources.MANY_TIMEOUTS;
		long second = TimeUnit.SECONDS.toNanos(1);
		long tick = EngineResources.TICK_NANOS;
		assertThat(EngineResources.alignToTick(many, 0, second)).isEqualTo(second);
		assertThat(EngineResources.alignToTick(many, 1, second)).isEqualTo(second + tick - 1);
		assertThat(EngineResources.alignToTick(many, tick - 1, second)).isEqualTo(second + 1);
		assertThat(EngineResources.alignToTick(many, -1, second)).isEqualTo(second + 1);
		assertThat(EngineResources.alignToTick(many, Long.MAX_VALUE, second)).isBetween(second, second + tick);
		assertThat(EngineResources.alignToTick(many, 1, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
		assertThat(EngineResources.alignToTick(many, 1, tick + 1)).as("short").isEqualTo(tick + 1);
		assertThat(EngineResources.alignToTick(many - 1, 1, second)).as("few").isEqualTo(second);
	}

	@Test
	void abortsAndLogLinesWaitWhileTheTimerIsBehind() throws Exception {
		this.resources = EngineResources.create(false);
		CountDownLatch held = new CountDownLatch(1);
		holdUpTimer(held);
		CountDownLatch aborted = new CountDownLatch(1);
		CountDownLatch logged = new CountDownLatch(1);
		this.resources.aborts().execute(aborted::countDown);
		this.resources.logs().execute(logged::countDown);
		CountDownLatch cancelled = new CountDownLatch(1);
		this.resources.cancels().execute(cancelled::countDown);
		assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(aborted.await(200, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(logged.getCount()).isOne();
		held.countDown();
		assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(logged.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whatWaitsIsDoneAtTheEnd() throws Exception {
		this.resources = EngineResources.create(false);
		holdUpTimer(new CountDownLatch(1));
		CountDownLatch aborted = new CountDownLatch(1);
		CountDownLatch logged = new CountDownLatch(1);
		this.resources.aborts().execute(aborted::countDown);
		this.resources.logs().execute(logged::countDown);
		this.resources.shutdown();
		assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(logged.await(10, TimeUnit.SECONDS)).isTrue();
	}

	private void holdUpTimer(CountDownLatch held) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		this.resources.timer().schedule(() -> {
			begun.countDown();
			await(held);
		}, 0);
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		long due = System.nanoTime();
		this.resources.timer().schedule(() -> {
		}, 0);
		Awaitility.await().until(() -> System.nanoTime() - due > 2 * EngineResources.TICK_NANOS);
	}

	/**
	 * Simulates blocking code that depends on futures.
	 */
	@Test
	void theShutdownStartsABoundedNumberOfThreads() throws Exception {
		this.resources = EngineResources.create(false);
		CountDownLatch stuck = new CountDownLatch(1);
		AtomicInteger begun = new AtomicInteger();
		for (int i = 0; i < 3000; i++) {
			this.resources.futures().execute(() -> {
				begun.incrementAndGet();
				LiveClients.awaitUninterruptibly(stuck);
			});
		}
		this.resources.shutdown();
		Awaitility.await().until(() -> lastThreads() >= ShutdownExecutor.MAX_THREADS);
		assertThat(lastThreads()).isLessThanOrEqualTo(ShutdownExecutor.MAX_THREADS + 1L);
		stuck.countDown();
		Awaitility.await().until(() -> begun.get() == 3000);
		Awaitility.await().until(() -> lastThreads() == 0);
	}

	private static long lastThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("heartbeat-last-"))
			.count();
	}

	/**
	 * Verifies that the names that other tests search for in a dump exist while the
	 * thread runs.
	 */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsHaveTheirNameInADump(@TempDir Path directory) throws Exception {
		this.resources = EngineResources.create(true);
		CountDownLatch begun = new CountDownLatch(1);
		this.resources.hooks().execute(() -> {
			begun.countDown();
			parkUntilInterrupted();
		});
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(VirtualThreads.dump(directory.resolve("threads"))).contains("heartbeat-hook-");
	}

	private void assertThatTasksRunAtOnceAndAreInterruptedAtTheEnd(boolean virtual) throws Exception {
		List<Executor> executors = List.of(this.resources.connects(), this.resources.io(), this.resources.cancels(),
				this.resources.aborts(), this.resources.hooks(), this.resources.futures());
		int tasks = 300;
		CountDownLatch begun = new CountDownLatch(tasks * executors.size());
		CountDownLatch interrupted = new CountDownLatch(tasks * executors.size());
		for (Executor executor : executors) {
			for (int i = 0; i < tasks; i++) {
				executor.execute(() -> {
					assertThat(VirtualThreads.isVirtual(Thread.currentThread())).isEqualTo(virtual);
					begun.countDown();
					if (parkUntilInterrupted()) {
						interrupted.countDown();
					}
				});
			}
		}
		assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
		this.resources.shutdown();
		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
	}

	private static boolean parkUntilInterrupted() {
		return !await(new CountDownLatch(1));
	}

	/**
	 * Return whether the latch was counted down. The result is false if the thread was
	 * interrupted.
	 */
	private static boolean await(CountDownLatch latch) {
		try {
			latch.await();
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

}
