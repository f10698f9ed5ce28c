package io.github.heartbeat.client;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A thread for each processor, and more only while tasks wait and those that run do not
 * come to an end. Ten thousand short tasks at once run on a few threads, and a task that
 * is stuck, in whatever, holds up another one for milliseconds only.
 */
final class ElasticPool implements Executor {

	private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** So few that the timer can start them. */
	private static final int MAX_GROWTH = 16;

	private static final long IDLE_SECONDS = 5;

	private static final int SIZE = Math.max(2, Runtime.getRuntime().availableProcessors());

	private final ThreadPoolExecutor executor;

	private final Timer timer;

	private final AtomicBoolean watched = new AtomicBoolean();

	/** Timer thread only. */
	private long completedBefore;

	ElasticPool(ThreadFactory threadFactory, Timer timer) {
		this.executor = new ThreadPoolExecutor(SIZE, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threadFactory);
		this.executor.allowCoreThreadTimeOut(true);
		this.timer = timer;
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(task);
		if (!this.executor.getQueue().isEmpty()) {
			watch();
		}
	}

	private void watch() {
		if (!this.watched.get() && this.watched.compareAndSet(false, true)) {
			this.timer.schedule(this::check, CHECK_NANOS);
		}
	}

	/**
	 * Where each thread has come to the end of a task since the last look, more threads
	 * would not help.
	 */
	private void check() {
		this.watched.set(false);
		int waiting = this.executor.getQueue().size();
		if (waiting == 0) {
			this.executor.setCorePoolSize(SIZE);
			return;
		}
		watch();
		long completed = this.executor.getCompletedTaskCount();
		int size = this.executor.getPoolSize();
		if (completed - this.completedBefore < size) {
			this.executor.setCorePoolSize(size + Math.min(waiting, Math.min(size, MAX_GROWTH)));
		}
		this.completedBefore = completed;
	}

	/**
	 * Interrupt what runs.
	 * @return what has not begun
	 */
	List<Runnable> shutdownNow() {
		return this.executor.shutdownNow();
	}

}
