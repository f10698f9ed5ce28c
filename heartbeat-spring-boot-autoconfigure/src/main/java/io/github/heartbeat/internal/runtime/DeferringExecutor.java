package io.github.heartbeat.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Runs low-priority tasks in order and delays them while the timer lags. When thousands
 * of connections fail at the same moment, the processors detect all failures first;
 * closing sockets and writing log lines follows.
 */
final class DeferringExecutor implements Executor {

	private static final EngineLog logger = EngineLog.of(DeferringExecutor.class);

	static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	/** The longest delay of a task, even if the timer lags all the time. */
	static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Timer timer;

	private final Ticker ticker;

	private final BooleanSupplier lagging;

	private final Runnable checkLag = this::checkLag;

	@GuardedBy("lock")
	private final Deque<Runnable> deferred = new ArrayDeque<>();

	@GuardedBy("lock")
	private long deferredSince;

	@GuardedBy("lock")
	private int deferredAtLastCheck;

	@GuardedBy("lock")
	private boolean flushing;

	@GuardedBy("lock")
	private boolean closed;

	/**
	 * Create an executor.
	 * @param executor runs the tasks
	 * @param timer the timer whose lag defers tasks; also schedules the checks
	 * @param ticker the source of time
	 * @param lagging whether the timer lags
	 */
	DeferringExecutor(Executor executor, Timer timer, Ticker ticker, BooleanSupplier lagging) {
		this.executor = executor;
		this.timer = timer;
		this.ticker = ticker;
		this.lagging = lagging;
	}

	@Override
	public void execute(Runnable task) {
		if (!tryDefer(task)) {
			this.executor.execute(task);
		}
		else if (isOverdue()) {
			flush();
		}
	}

	/**
	 * A task that cannot be deferred is submitted immediately.
	 */
	private boolean tryDefer(Runnable task) {
		try {
			return defer(task);
		}
		catch (Throwable ex) {
			logger.debug("Failed to defer a task; submitting it immediately", ex);
			return false;
		}
	}

	private boolean defer(Runnable task) {
		this.lock.lock();
		try {
			if (this.deferred.isEmpty() && !this.flushing) {
				if (this.closed || !this.lagging.getAsBoolean()) {
					return false;
				}
				this.timer.schedule(this.checkLag, CHECK_NANOS);
				this.deferredSince = this.ticker.nanoTime();
				this.deferredAtLastCheck = 0;
			}
			this.deferred.add(task);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The timer may lag so far that {@link #checkLag} does not run in time.
	 */
	private boolean isOverdue() {
		this.lock.lock();
		try {
			return this.closed || this.ticker.nanoTime() - this.deferredSince >= MAX_NANOS;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkLag() {
		if (shouldDefer()) {
			this.timer.schedule(this.checkLag, CHECK_NANOS);
		}
		else {
			flush();
		}
	}

	private boolean shouldDefer() {
		this.lock.lock();
		try {
			boolean more = this.deferred.size() > this.deferredAtLastCheck;
			this.deferredAtLastCheck = this.deferred.size();
			return !this.deferred.isEmpty() && (more || this.lagging.getAsBoolean()) && !isOverdue();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Submit the deferred tasks if they are overdue, for instance because their timeout
	 * was lost.
	 */
	void check() {
		boolean overdue;
		this.lock.lock();
		try {
			overdue = !this.deferred.isEmpty() && !this.flushing && isOverdue();
		}
		finally {
			this.lock.unlock();
		}
		if (overdue) {
			flush();
		}
	}

	/**
	 * Only one thread flushes, so that the tasks keep their order.
	 */
	private void flush() {
		this.lock.lock();
		try {
			if (this.flushing) {
				return;
			}
			this.flushing = true;
		}
		finally {
			this.lock.unlock();
		}
		try {
			for (Runnable task = next(); task != null; task = next()) {
				flush(task);
			}
		}
		catch (RuntimeException | Error ex) {
			stopFlushing();
			throw ex;
		}
	}

	/**
	 * A task that the executor refuses does not prevent the tasks after it.
	 */
	private void flush(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (Throwable ex) {
			logger.error("Failed to submit a task", ex);
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable next = this.deferred.poll();
			this.flushing = next != null;
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void stopFlushing() {
		this.lock.lock();
		try {
			this.flushing = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Submit the deferred tasks and defer no further tasks.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		flush();
	}

}
