package io.github.heartbeat.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many threads there are for what.
 */
@Timeout(30)
class ElasticPoolTests {

	private static final int PROCESSORS = Math.max(2, Runtime.getRuntime().availableProcessors());

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final ElasticPool pool = new ElasticPool(Executors.defaultThreadFactory(), (task, delay) -> {
		ScheduledFuture<?> future = this.timer.schedule(task, delay, TimeUnit.NANOSECONDS);
		return () -> future.cancel(false);
	});

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
		assertThat(threads).as("more only where the machine was held up").hasSizeLessThan(PROCESSORS + 60);
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
	void whatHasNotBegunIsReturnedAtTheEnd() throws Exception {
		CountDownLatch stuck = new CountDownLatch(PROCESSORS);
		AtomicInteger ran = new AtomicInteger();
		ElasticPool unwatched = new ElasticPool(Executors.defaultThreadFactory(), (task, delay) -> () -> {
		});
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
