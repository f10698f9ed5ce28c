package io.github.heartbeat.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * For what nobody waits for: hands tasks over in their order, at once or, while the timer
 * is behind, when it has caught up. When thousands of links die in the same moment, the
 * processors are for noticing them; their sockets and log lines come after that.
 */
final class DeferringExecutor implements Executor {

	static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

	/** A timer that is always behind holds up no task for longer. */
	static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final Executor executor;

	private final Timer timer;

	private final Ticker ticker;

	private final BooleanSupplier behind;

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Runnable> held = new ArrayDeque<>();

	private long heldSince;

	private int heldAtLastLook;

	private boolean closed;

	/**
	 * Create an executor.
	 * @param executor runs the tasks; must not block
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
		this.lock.lock();
		try {
			if (!this.held.isEmpty()) {
				this.held.add(task);
			}
			else if (!this.closed && this.behind.getAsBoolean()) {
				this.timer.schedule(this::look, LOOK_NANOS);
				this.heldSince = this.ticker.nanoTime();
				this.heldAtLastLook = 0;
				this.held.add(task);
			}
			else {
				this.executor.execute(task);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void look() {
		this.lock.lock();
		try {
			boolean more = this.held.size() > this.heldAtLastLook;
			this.heldAtLastLook = this.held.size();
			if ((more || this.behind.getAsBoolean()) && this.ticker.nanoTime() - this.heldSince < MAX_NANOS) {
				this.timer.schedule(this::look, LOOK_NANOS);
			}
			else {
				handOver();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void handOver() {
		while (!this.held.isEmpty()) {
			this.executor.execute(this.held.poll());
		}
	}

	/**
	 * Hand over what is held, and hold nothing any more.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			handOver();
		}
		finally {
			this.lock.unlock();
		}
	}

}
