package io.github.heartbeat.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * For what can wait a little: hands tasks over in their order, at once or, while the
 * timer is behind, when it has caught up. When thousands of links die in the same moment,
 * the processors are for noticing them; their sockets and log lines come after that.
 */
final class DeferringExecutor implements Executor {

	private static final EngineLog logger = EngineLog.of(DeferringExecutor.class);

	static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	/** A timer that is always behind holds up no task for longer. */
	static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Timer timer;

	private final Ticker ticker;

	private final BooleanSupplier behind;

	@GuardedBy("lock")
	private final Deque<Runnable> held = new ArrayDeque<>();

	@GuardedBy("lock")
	private long heldSince;

	@GuardedBy("lock")
	private int heldAtLastLook;

	@GuardedBy("lock")
	private boolean handingOver;

	@GuardedBy("lock")
	private boolean closed;

	/**
	 * Create an executor.
	 * @param executor runs the tasks
	 * @param timer what may be behind
	 * @param ticker the time
	 * @param behind whether it is
	 */
	DeferringExecutor(Executor executor, Timer timer, Ticker ticker, BooleanSupplier behind) {
		this.executor = executor;
		this.timer = timer;
		this.ticker = ticker;
		this.behind = behind;
	}

	@Override
	public void execute(Runnable task) {
		if (!tryHold(task)) {
			this.executor.execute(task);
		}
		else if (isOverdue()) {
			handOver();
		}
	}

	/**
	 * What cannot be held is handed over at once.
	 */
	private boolean tryHold(Runnable task) {
		try {
			return hold(task);
		}
		catch (Throwable ex) {
			logger.debug("A task is not deferred", ex);
			return false;
		}
	}

	private boolean hold(Runnable task) {
		this.lock.lock();
		try {
			if (this.held.isEmpty() && !this.handingOver) {
				if (this.closed || !this.behind.getAsBoolean()) {
					return false;
				}
				this.timer.schedule(this::look, LOOK_NANOS);
				this.heldSince = this.ticker.nanoTime();
				this.heldAtLastLook = 0;
			}
			this.held.add(task);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The timer may be so far behind that it does not even get to look.
	 */
	private boolean isOverdue() {
		this.lock.lock();
		try {
			return this.closed || this.ticker.nanoTime() - this.heldSince >= MAX_NANOS;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void look() {
		if (isToBeHeld()) {
			this.timer.schedule(this::look, LOOK_NANOS);
		}
		else {
			handOver();
		}
	}

	private boolean isToBeHeld() {
		this.lock.lock();
		try {
			boolean more = this.held.size() > this.heldAtLastLook;
			this.heldAtLastLook = this.held.size();
			return !this.held.isEmpty() && (more || this.behind.getAsBoolean()) && !isOverdue();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Hand over what is held, if the timer has forgotten it.
	 */
	void check() {
		boolean overdue;
		this.lock.lock();
		try {
			overdue = !this.held.isEmpty() && !this.handingOver && isOverdue();
		}
		finally {
			this.lock.unlock();
		}
		if (overdue) {
			handOver();
		}
	}

	/**
	 * One thread does, for the sake of the order.
	 */
	private void handOver() {
		this.lock.lock();
		try {
			if (this.handingOver) {
				return;
			}
			this.handingOver = true;
		}
		finally {
			this.lock.unlock();
		}
		try {
			for (Runnable task = next(); task != null; task = next()) {
				handOver(task);
			}
		}
		catch (RuntimeException | Error ex) {
			stopHandingOver();
			throw ex;
		}
	}

	/**
	 * The tasks after one that is refused are handed over all the same.
	 */
	private void handOver(Runnable task) {
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
			Runnable next = this.held.poll();
			this.handingOver = next != null;
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void stopHandingOver() {
		this.lock.lock();
		try {
			this.handingOver = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Hand over what is held, and hold nothing any more.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		handOver();
	}

}
