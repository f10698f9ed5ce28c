package io.github.heartbeat.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Retries tasks for which the operating system cannot start a thread. No task is lost
 * before shutdown, and tasks keep their order.
 */
final class RetryingExecutor implements Executor {

	private static final EngineLog logger = EngineLog.of(RetryingExecutor.class);

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Timer timer;

	private final ThreadShortageLog shortage;

	private final Executor afterShutdown;

	@GuardedBy("lock")
	private final Deque<Runnable> waiting = new ArrayDeque<>(1);

	private final Runnable retry = this::retry;

	private volatile boolean retrying;

	/**
	 * Create an executor.
	 * @param executor runs the tasks
	 * @param timer schedules the retries
	 * @param shortage records refused and started threads
	 * @param afterShutdown runs tasks that are submitted after the shutdown of the
	 * executor
	 */
	RetryingExecutor(Executor executor, Timer timer, ThreadShortageLog shortage, Executor afterShutdown) {
		this.executor = executor;
		this.timer = timer;
		this.shortage = shortage;
		this.afterShutdown = afterShutdown;
	}

	@Override
	public void execute(Runnable task) {
		if (this.retrying || !tryExecute(task)) {
			enqueue(task);
		}
	}

	private boolean tryExecute(Runnable task) {
		try {
			this.executor.execute(task);
			this.shortage.started();
			return true;
		}
		catch (RejectedExecutionException ex) {
			this.afterShutdown.execute(task);
			return true;
		}
		catch (OutOfMemoryError ex) {
			this.shortage.refused();
			return false;
		}
	}

	private void enqueue(Runnable task) {
		boolean first;
		this.lock.lock();
		try {
			this.waiting.add(task);
			first = !this.retrying;
			this.retrying = true;
		}
		finally {
			this.lock.unlock();
		}
		if (first) {
			scheduleRetry();
		}
	}

	/**
	 * If the timer fails, {@link #check()} retries.
	 */
	private void scheduleRetry() {
		try {
			this.timer.schedule(this.retry, RETRY_NANOS);
		}
		catch (Throwable ex) {
			logger.debug("Failed to schedule a retry; retrying at the next check", ex);
		}
	}

	private void retry() {
		this.lock.lock();
		try {
			for (Runnable task = this.waiting.peek(); task != null; task = this.waiting.peek()) {
				if (!retry(task)) {
					scheduleRetry();
					return;
				}
				this.waiting.poll();
			}
			this.retrying = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A task that fails for another reason must not block the tasks behind it.
	 */
	private boolean retry(Runnable task) {
		try {
			return tryExecute(task);
		}
		catch (Throwable ex) {
			logger.error("Failed to submit a task", ex);
			return true;
		}
	}

	/**
	 * Submit the waiting tasks if threads can be started again.
	 */
	void check() {
		if (this.retrying) {
			retry();
		}
	}

}
