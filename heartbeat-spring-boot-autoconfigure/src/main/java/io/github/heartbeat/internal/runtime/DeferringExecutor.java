package io.github.heartbeat.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * For what can wait a little: hands tasks over in their order, at once or, while the
 * timer is lagging, when it has caught up. When thousands of links die in the same
 * moment, the processors are for noticing them; their sockets and log lines come after
 * that.
 */
final class DeferringExecutor implements Executor {

	private static final EngineLog logger = EngineLog.of(DeferringExecutor.class);

	static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	/** A timer that is always lagging holds up no task for longer. */
	static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Timer timer;

	private final Ticker ticker;

	private final BooleanSupplier lagging;

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
	 * @param timer what may be lagging
	 * @param ticker the time
	 * @param lagging whether it is
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
	 * What cannot be deferred is handed over at once.
	 */
	private boolean tryDefer(Runnable task) {
		try {
			return defer(task);
		}
		catch (Throwable ex) {
			logger.debug("A task is not deferred", ex);
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
				this.timer.schedule(this::checkLag, CHECK_NANOS);
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
	 * The timer may be so far lagging that it does not even get to checkLag.
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
		if (isToBeDeferred()) {
			this.timer.schedule(this::checkLag, CHECK_NANOS);
		}
		else {
			flush();
		}
	}

	private boolean isToBeDeferred() {
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
	 * Hand over what is deferred, if the timer has forgotten it.
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
	 * One thread does, for the sake of the order.
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
	 * The tasks after one that is refused are handed over all the same.
	 */
	private void flush(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (Throwable ex) {
			logger.error("A task could not be run", ex);
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
	 * Hand over what is deferred, and defer nothing any more.
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
