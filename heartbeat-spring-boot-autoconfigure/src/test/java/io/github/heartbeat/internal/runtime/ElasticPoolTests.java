package io.github.heartbeat.internal.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.github.heartbeat.internal.client.LiveClients;
import io.github.heartbeat.test.internal.ManualEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests the number of threads for each purpose.
 */
@Timeout(30)
class ElasticPoolTests {

	private static final int PROCESSORS = Math.max(2, Runtime.getRuntime().availableProcessors());

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final AtomicInteger scheduled = new AtomicInteger();

	private final ElasticPool pool = new ElasticPool(PROCESSORS, Executors.defaultThreadFactory(), (task, delay) -> {
		this.scheduled.incrementAndGet();
		ScheduledFuture<?> future = this.timer.schedule(task, delay, TimeUnit.NANOSECONDS);
		return () -> future.cancel(false);
	}, new SystemTicker());

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void shutdown() {
		this.release.countDown();
		this.pool.shutdownNow();
		this.timer.shutdownNow();
	}

	private void park() {
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void manyShortTasksRunOnFewThreads() throws Exception {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch ran = new CountDownLatch(20_000);
		for (int i = 0; i < 20_000; i++) {
			this.pool.execute(() -> {
				threads.add(Thread.currentThread());
				ran.countDown();
			});
		}
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).as("more only where the machine was held up").hasSizeLessThan(PROCESSORS + 30);
	}

	@Test
	void tasksThatAreStuckHoldUpNoOther() throws Exception {
		CountDownLatch stuck = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			this.pool.execute(() -> {
				stuck.countDown();
				park();
			});
		}
		assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
		CountDownLatch ran = new CountDownLatch(1);
		this.pool.execute(ran::countDown);
		assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void slowTasksGetMoreThreads() throws Exception {
		CountDownLatch ran = new CountDownLatch(400);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 400; i++) {
			this.pool.execute(() -> {
				threads.add(Thread.currentThread());
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
				ran.countDown();
			});
		}
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).hasSizeGreaterThan(PROCESSORS);
	}

	/**
	 * Heartbeats arrive in bursts, which a check can meet by chance.
	 */
	@Test
	void aTaskThatHasJustArrivedGetsNoNewThread() throws Exception {
		AtomicReference<Runnable> check = new AtomicReference<>();
		AtomicInteger threads = new AtomicInteger();
		ElasticPool hardlyUsed = new ElasticPool(2, (task) -> {
			threads.incrementAndGet();
			return new Thread(task);
		}, (task, delay) -> {
			check.set(task);
			return () -> {
			};
		}, new SystemTicker());
		try {
			burst(hardlyUsed).countDown();
			CountDownLatch release = burst(hardlyUsed);
			check.getAndSet(null).run();
			assertThat(threads).hasValue(2);
			check.get().run();
			await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(threads).hasValue(3));
			release.countDown();
		}
		finally {
			hardlyUsed.shutdownNow();
		}
	}

	/**
	 * Occupy two threads, and add a task that waits.
	 * @return lets the tasks end
	 */
	private static CountDownLatch burst(ElasticPool pool) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		for (int i = 0; i < 3; i++) {
			pool.execute(() -> {
				running.countDown();
				LiveClients.awaitUninterruptibly(release);
			});
		}
		assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
		return release;
	}

	@Test
	void threadsThatNobodyNeedsEndThoughAllTakeTurns() throws Exception {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		CountDownLatch stuck = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			this.pool.execute(() -> {
				threads.add(Thread.currentThread());
				stuck.countDown();
				park();
			});
		}
		assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
		this.release.countDown();
		await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			this.pool.execute(() -> {
			});
			assertThat(threads.stream().filter(Thread::isAlive)).hasSizeLessThanOrEqualTo(PROCESSORS + 1);
		});
	}

	/**
	 * They would wake the timer as long as they are stuck.
	 */
	@Test
	void tasksThatAreStuckAreNotWatched() throws Exception {
		int tasks = PROCESSORS + 3;
		CountDownLatch stuck = new CountDownLatch(tasks);
		for (int i = 0; i < tasks; i++) {
			this.pool.execute(() -> {
				stuck.countDown();
				park();
			});
		}
		assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
		AtomicInteger before = new AtomicInteger(-1);
		await().atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(500))
			.until(() -> before.getAndSet(this.scheduled.get()) == this.scheduled.get());
	}

	/**
	 * Simulates a pool whose threads died because of an exhausted heap and could not be
	 * replaced.
	 */
	@Test
	void whatWaitsWithoutAThreadIsRunAfterARevival() throws Exception {
		AtomicBoolean refuse = new AtomicBoolean();
		AtomicReference<Thread> thread = new AtomicReference<>();
		AtomicReference<Throwable> uncaught = new AtomicReference<>();
		ElasticPool refused = new ElasticPool(1, (task) -> {
			if (refuse.get()) {
				throw new OutOfMemoryError("unable to create native thread, for the test");
			}
			Thread worker = new Thread(task);
			worker.setUncaughtExceptionHandler((dead, ex) -> uncaught.set(ex));
			thread.set(worker);
			return worker;
		}, (task, delay) -> () -> {
		}, new SystemTicker());
		CountDownLatch ran = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		refused.execute(() -> {
			LiveClients.awaitUninterruptibly(held);
			throw new OutOfMemoryError("Java heap space, for the test");
		});
		refused.execute(ran::countDown);
		refuse.set(true);
		held.countDown();
		await().atMost(Duration.ofSeconds(10)).until(() -> !thread.get().isAlive());
		assertThat(uncaught.get()).isInstanceOf(OutOfMemoryError.class);
		assertThat(ran.getCount()).isOne();
		refuse.set(false);
		refused.resume();
		assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
		refused.shutdownNow();
	}

	/**
	 * Simulates a timer that lost a task because of an exhausted heap.
	 */
	@Test
	void aPoolWhoseCheckWasLostGrowsAgain() throws Exception {
		ManualEngine engine = new ManualEngine();
		Ticker ticker = engine.resources(() -> 0.5).ticker();
		AtomicReference<Runnable> check = new AtomicReference<>();
		AtomicInteger scheduled = new AtomicInteger();
		ElasticPool forgetful = new ElasticPool(2, Executors.defaultThreadFactory(), (task, delay) -> {
			check.set(task);
			scheduled.incrementAndGet();
			return () -> {
			};
		}, ticker);
		try {
			CountDownLatch release = burst(forgetful);
			check.set(null);
			forgetful.resume();
			assertThat(scheduled).as("the check may still run").hasValue(1);
			engine.advance(Duration.ofSeconds(2));
			forgetful.resume();
			assertThat(scheduled).hasValue(2);
			CountDownLatch ran = new CountDownLatch(1);
			forgetful.execute(ran::countDown);
			check.get().run();
			assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
			release.countDown();
		}
		finally {
			forgetful.shutdownNow();
		}
	}

	@Test
	void whatHasNotBegunIsReturnedAtTheEnd() throws Exception {
		CountDownLatch stuck = new CountDownLatch(PROCESSORS);
		AtomicInteger ran = new AtomicInteger();
		ElasticPool unwatched = new ElasticPool(PROCESSORS, Executors.defaultThreadFactory(), (task, delay) -> () -> {
		}, new SystemTicker());
		for (int i = 0; i < PROCESSORS; i++) {
			unwatched.execute(() -> {
				stuck.countDown();
				park();
			});
		}
		assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
		unwatched.execute(ran::incrementAndGet);
		assertThat(unwatched.shutdownNow()).hasSize(1).allSatisfy(Runnable::run);
		assertThat(ran).hasValue(1);
	}

}
