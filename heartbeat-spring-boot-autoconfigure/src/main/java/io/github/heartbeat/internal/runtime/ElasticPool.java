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
 * A thread pool that stays small and grows only while tasks wait and the running tasks
 * are stuck or slow. A burst of ten thousand short tasks runs on a few threads, because
 * starting more threads would take most of the time. A stuck task delays others by about
 * 50 milliseconds; a thousand stuck tasks delay others by about a second.
 */
final class ElasticPool implements Executor {

	private static final EngineLog logger = EngineLog.of(ElasticPool.class);

	/** Longer than a thread waits for a processor when all processors are busy. */
	private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	/**
	 * If each thread completes this many tasks between two checks, more threads do not
	 * help.
	 */
	private static final int SHORT_TASKS = 25;

	/** Few enough threads for the timer thread to start at once. */
	private static final int MAX_GROWTH = 64;

	private static final int MIN_GROWTH_FOR_SLOW_TASKS = 8;

	private static final long IDLE_SECONDS = 5;

	private final int minSize;

	private final ThreadPoolExecutor executor;

	private final Timer timer;

	private final Ticker ticker;

	private final Runnable check = this::check;

	private final AtomicBoolean checkScheduled = new AtomicBoolean();

	/** When the scheduled check is due. Written before it is scheduled. */
	private volatile long checkDueAt;

	/** Whether the pool is larger than {@link #minSize}. */
	private volatile boolean grown;

	/** Number of completed tasks at the previous check. */
	private volatile long completedAtLastCheck;

	/** Number of tasks that had arrived at the previous check. */
	private volatile long arrivedAtLastCheck;

	/**
	 * Create a pool.
	 * @param minSize the number of threads for tasks that are neither stuck nor slow
	 * @param threadFactory creates the threads
	 * @param timer schedules the checks
	 * @param ticker the source of time
	 */
	ElasticPool(int minSize, ThreadFactory threadFactory, Timer timer, Ticker ticker) {
		this.minSize = minSize;
		this.executor = new Workers(minSize, threadFactory);
		this.timer = timer;
		this.ticker = ticker;
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (OutOfMemoryError ex) {
			queueForExistingThreads(task, ex);
		}
		if (!this.executor.getQueue().isEmpty()) {
			scheduleCheck();
		}
	}

	/**
	 * Below its core size the pool starts a thread for each task. If the thread cannot be
	 * started the pool fails, even if other threads are idle.
	 */
	private void queueForExistingThreads(Runnable task, OutOfMemoryError cause) {
		if (this.executor.getPoolSize() == 0 || !this.executor.getQueue().offer(task)) {
			throw cause;
		}
		logger.debug("Failed to start a thread; an existing thread runs the task", cause);
	}

	/**
	 * Never throws, because the pool has already accepted the task.
	 */
	private void scheduleCheck() {
		if (this.checkScheduled.get() || !this.checkScheduled.compareAndSet(false, true)) {
			return;
		}
		this.completedAtLastCheck = this.executor.getCompletedTaskCount();
		this.arrivedAtLastCheck = this.executor.getTaskCount();
		this.checkDueAt = this.ticker.nanoTime() + CHECK_NANOS;
		try {
			this.timer.schedule(this.check, CHECK_NANOS);
		}
		catch (Throwable ex) {
			this.checkScheduled.set(false);
			logger.debug("Failed to schedule a check of the pool", ex);
		}
	}

	/**
	 * Schedules no further check if no task waits and no thread is surplus: the next task
	 * that completes schedules one.
	 */
	private void check() {
		int waiting = this.executor.getQueue().size();
		int active = this.executor.getActiveCount();
		long allCompleted = this.executor.getCompletedTaskCount();
		long completed = allCompleted - this.completedAtLastCheck;
		boolean overdue = allCompleted + active < this.arrivedAtLastCheck;
		this.checkScheduled.set(false);
		int size = this.executor.getPoolSize();
		this.grown = size > this.minSize;
		if (waiting > 0 || size > this.minSize + active) {
			scheduleCheck();
		}
		try {
			if (waiting > 0) {
				this.executor.prestartCoreThread();
				resize(size + Math.min(waiting, growth(size, completed, overdue)));
			}
			else if (this.grown) {
				resize(this.minSize + active);
			}
		}
		catch (OutOfMemoryError ex) {
			logger.debug("Failed to start a thread; retrying at the next check", ex);
		}
	}

	/**
	 * Resume work after a lack of memory: the threads of the pool may have died without a
	 * replacement, and the timer may have lost the check.
	 */
	void resume() {
		if (this.checkScheduled.get() && Timeouts.isLost(this.checkDueAt, this.ticker.nanoTime())) {
			this.checkScheduled.set(false);
		}
		if (!this.executor.getQueue().isEmpty()) {
			this.executor.prestartCoreThread();
			scheduleCheck();
		}
	}

	/**
	 * Tasks are stuck if none completed since the last check. They are slow if they spend
	 * their time waiting. If they used the processors instead, each thread would have
	 * completed many tasks. Tasks that have arrived since the last check may complete in
	 * time.
	 * @param overdue whether a task waits that had arrived at the last check
	 */
	private static int growth(int size, long completed, boolean overdue) {
		if (completed == 0) {
			return Math.min(size, MAX_GROWTH);
		}
		return (overdue && completed < (long) size * SHORT_TASKS)
				? Math.min(Math.max(size / 2, MIN_GROWTH_FOR_SLOW_TASKS), MAX_GROWTH) : 0;
	}

	/**
	 * Idle threads take tasks in turn. No thread is therefore idle long enough to time
	 * out, and the pool has to shrink explicitly.
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
	 * Interrupt the running tasks.
	 * @return the tasks that have not started
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
				scheduleCheck();
			}
		}

	}

}
