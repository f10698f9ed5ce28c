package io.github.heartbeat.internal.runtime;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * A few threads, and more only while tasks wait and those that run are stuck or slow. Ten
 * thousand short tasks at once run on a few threads, which they would otherwise spend
 * most of their time on. A task that is stuck, in whatever, holds up others for some 50
 * milliseconds, and a thousand of them for about a second.
 */
final class ElasticPool implements Executor {

	private static final EngineLog logger = EngineLog.of(ElasticPool.class);

	/** Longer than a thread waits for a processor where all are busy. */
	private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	/** With as many from each thread between two checks, what is short is not threads. */
	private static final int SHORT_TASKS = 25;

	/** Few enough for the thread of the timer to start them. */
	private static final int MAX_GROWTH = 64;

	private static final int MIN_GROWTH_FOR_SLOW_TASKS = 8;

	private static final long IDLE_SECONDS = 5;

	private final int minSize;

	private final ThreadPoolExecutor executor;

	private final Timer timer;

	private final AtomicBoolean watched = new AtomicBoolean();

	/** Whether there are more threads than {@link #minSize}. */
	private volatile boolean grown;

	/** How many tasks had ended when the time until the next check began. */
	private volatile long ended;

	/**
	 * Create a pool.
	 * @param minSize how many threads run what is neither stuck nor slow
	 * @param timer what watches the others
	 */
	ElasticPool(int minSize, ThreadFactory threadFactory, Timer timer) {
		this.minSize = minSize;
		this.executor = new Workers(minSize, threadFactory);
		this.timer = timer;
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (OutOfMemoryError ex) {
			queueForOthers(task, ex);
		}
		if (!this.executor.getQueue().isEmpty()) {
			watch();
		}
	}

	/**
	 * Below its size the pool starts a thread for each task, and fails where it cannot,
	 * although other threads may be idle.
	 */
	private void queueForOthers(Runnable task, OutOfMemoryError cause) {
		if (this.executor.getPoolSize() == 0 || !this.executor.getQueue().offer(task)) {
			throw cause;
		}
		logger.debug("No thread could be started; another one runs the task", cause);
	}

	/**
	 * The task has been accepted, so no error may reach who executes it.
	 */
	private void watch() {
		if (this.watched.get() || !this.watched.compareAndSet(false, true)) {
			return;
		}
		this.ended = this.executor.getCompletedTaskCount();
		try {
			this.timer.schedule(this::check, CHECK_NANOS);
		}
		catch (Throwable ex) {
			this.watched.set(false);
			logger.debug("Not watched for now", ex);
		}
	}

	/**
	 * While nothing waits and no thread is too many, there is nothing to do: the next
	 * task that ends brings the next check.
	 */
	private void check() {
		long endedSince = this.executor.getCompletedTaskCount() - this.ended;
		this.watched.set(false);
		int size = this.executor.getPoolSize();
		int waiting = this.executor.getQueue().size();
		int active = this.executor.getActiveCount();
		this.grown = size > this.minSize;
		if (waiting > 0 || size > this.minSize + active) {
			watch();
		}
		try {
			if (waiting > 0) {
				this.executor.prestartCoreThread();
				resize(size + Math.min(waiting, growth(size, endedSince)));
			}
			else if (this.grown) {
				resize(this.minSize + active);
			}
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No thread could be started; trying again", ex);
		}
	}

	/**
	 * Start a thread for what waits where threads have died without a successor.
	 */
	void revive() {
		if (!this.executor.getQueue().isEmpty()) {
			this.executor.prestartCoreThread();
			watch();
		}
	}

	/**
	 * Tasks are stuck if none has ended since the last check. They are slow if they spend
	 * their time on waiting: were they after the processors, each thread would have ended
	 * many.
	 */
	private static int growth(int size, long endedSince) {
		if (endedSince == 0) {
			return Math.min(size, MAX_GROWTH);
		}
		return (endedSince < (long) size * SHORT_TASKS)
				? Math.min(Math.max(size / 2, MIN_GROWTH_FOR_SLOW_TASKS), MAX_GROWTH) : 0;
	}

	/**
	 * Idle threads take turns, so none of them would be idle for long enough to end by
	 * itself.
	 */
	private void resize(int wanted) {
		int size = Math.max(this.minSize, wanted);
		if (size != this.executor.getMaximumPoolSize()) {
			this.executor.setCorePoolSize(this.minSize);
			this.executor.setMaximumPoolSize(size);
			this.executor.setCorePoolSize(size);
		}
	}

	/**
	 * Interrupt what runs.
	 * @return what has not begun
	 */
	List<Runnable> shutdownNow() {
		return this.executor.shutdownNow();
	}

	private final class Workers extends ThreadPoolExecutor {

		Workers(int size, ThreadFactory threadFactory) {
			super(size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threadFactory);
			allowCoreThreadTimeOut(true);
		}

		@Override
		protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
			if (ElasticPool.this.grown) {
				watch();
			}
		}

	}

}
