package io.github.heartbeat.test.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.internal.runtime.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A hand-driven clock, timer and executors. Time passes and tasks run only when the test
 * requests it, and all tasks run on the thread of the test. Tasks can be submitted by any
 * thread.
 */
public final class ManualEngine implements Ticker, Timer {

	/** More timers than this at one time never end. */
	private static final long MOST_TIMERS = 20_000;

	/** Interval at which new tasks run in the background. */
	private static final long BACKGROUND_NANOS = 2_000_000;

	private final PriorityQueue<Task> timers = new PriorityQueue<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private final Deque<Runnable> connects = new ConcurrentLinkedDeque<>();

	private final Deque<Runnable> io = new ConcurrentLinkedDeque<>();

	private final Deque<Runnable> hooks = new ConcurrentLinkedDeque<>();

	/** Data on its way to a client. It arrives when nothing else is to be done. */
	private final Deque<Runnable> network = new ConcurrentLinkedDeque<>();

	private final Instant start;

	private volatile long now;

	private volatile long scheduled;

	private Duration clockStep = Duration.ZERO;

	private boolean connectsHeld;

	private boolean ioHeld;

	private boolean hooksHeld;

	private boolean tolerant;

	private volatile @Nullable Thread running;

	private @Nullable Background background;

	/** Whether clients run on this engine. */
	private volatile boolean used;

	private final PauseDetector pauseDetector = new PauseDetector(nanoTime());

	public ManualEngine() {
		this(Instant.EPOCH);
	}

	/**
	 * Create an engine.
	 * @param start the time of day at the start
	 */
	public ManualEngine(Instant start) {
		this.start = start;
	}

	public EngineResources resources(DoubleSupplier random) {
		this.used = true;
		return new EngineResources(this, this, random, new EngineExecutors(this.connects::add, this.io::add,
				this.io::add, this.io::add, this.hooks::add, this.hooks::add, this.io::add), this.pauseDetector, null,
				this::endBackground);
	}

	/**
	 * The value overflows after a second, as {@link System#nanoTime()} may also do.
	 */
	@Override
	public long nanoTime() {
		return nanoTime(this.now);
	}

	private static long nanoTime(long time) {
		return time + Long.MAX_VALUE - 1_000_000_000L;
	}

	@Override
	public Instant now() {
		return this.start.plusNanos(this.now).plus(this.clockStep);
	}

	/**
	 * Set the wall clock forward or back, while the elapsed time is not affected.
	 */
	public void setClock(Duration step) {
		this.clockStep = this.clockStep.plus(step);
	}

	@Override
	public Timeout schedule(Runnable task, long delayNanos) {
		synchronized (this.timers) {
			Task timer = new Task(this.now + delayNanos, this.scheduled++, task);
			this.timers.add(timer);
			return () -> cancel(timer);
		}
	}

	private void cancel(Task timer) {
		synchronized (this.timers) {
			this.timers.remove(timer);
		}
	}

	/**
	 * Return the next timer that is due by a time, or {@code null} if there is none.
	 */
	private @Nullable Task next(long target) {
		synchronized (this.timers) {
			Task next = this.timers.peek();
			return (next != null && next.due() <= target) ? this.timers.poll() : null;
		}
	}

	/**
	 * Deliver data to a client. It arrives after all tasks that run before.
	 */
	public void deliver(Runnable arrival) {
		this.network.add(arrival);
	}

	/**
	 * Whether the current thread runs tasks of this engine, for example a hook.
	 */
	public boolean isRunningHere() {
		return this.running == Thread.currentThread();
	}

	/**
	 * Run tasks on a separate thread and move the clock with the real time, until
	 * {@link #endBackground()} or the shutdown of the resources.
	 */
	public synchronized void runInBackground() {
		if (this.background != null || !this.used) {
			return;
		}
		Background background = new Background();
		background.start();
		this.background = background;
	}

	/**
	 * Run tasks on the threads of the test again.
	 */
	public synchronized void endBackground() {
		Background background = this.background;
		this.background = null;
		if (background != null) {
			background.end();
		}
	}

	/**
	 * Run all tasks that wait for a thread, unless this is called by one of them.
	 */
	public void runIfIdle() {
		if (!isRunningHere()) {
			run();
		}
	}

	/**
	 * Handle exceptions of a task as pools and timers do: only the task ends.
	 */
	public void tolerant() {
		this.tolerant = true;
	}

	private void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			if (!this.tolerant) {
				throw ex;
			}
		}
	}

	/**
	 * Return the number of tasks that have been scheduled since the start.
	 */
	public long scheduled() {
		return this.scheduled;
	}

	public int pendingTimers() {
		synchronized (this.timers) {
			return this.timers.size();
		}
	}

	public void holdConnects(boolean hold) {
		this.connectsHeld = hold;
		run();
	}

	public void holdIo(boolean hold) {
		this.ioHeld = hold;
		run();
	}

	public void holdHooks(boolean hold) {
		this.hooksHeld = hold;
		run();
	}

	/**
	 * Run all tasks that wait for a thread.
	 */
	public void run() {
		Thread outer = this.running;
		this.running = Thread.currentThread();
		try {
			for (Runnable task = nextTask(); task != null; task = nextTask()) {
				run(task);
			}
		}
		finally {
			this.running = outer;
		}
	}

	private @Nullable Runnable nextTask() {
		Runnable task = this.connectsHeld ? null : this.connects.poll();
		task = (task != null || this.ioHeld) ? task : this.io.poll();
		task = (task != null || this.hooksHeld) ? task : this.hooks.poll();
		return (task != null || this.hooksHeld) ? task : this.network.poll();
	}

	/**
	 * Advance the clock and run the tasks that become due. A task can advance it further.
	 */
	public void advance(Duration duration) {
		run();
		long target = this.now + duration.toNanos();
		long mostTimers = this.scheduled + MOST_TIMERS;
		long lastTime = this.now;
		for (Task timer = next(target); timer != null; timer = next(target)) {
			this.now = Math.max(this.now, timer.due());
			if (this.now != lastTime) {
				lastTime = this.now;
				mostTimers = this.scheduled + MOST_TIMERS;
			}
			long begunAt = nanoTime();
			this.pauseDetector.taskStarted(nanoTime(timer.due()), begunAt);
			run(timer.action());
			this.pauseDetector.taskFinished(begunAt, nanoTime());
			run();
			if (this.scheduled > mostTimers) {
				throw new IllegalStateException("The timer is used without end");
			}
		}
		this.now = Math.max(this.now, target);
	}

	/**
	 * Advance the clock while the timer is late.
	 */
	public void advanceWithoutTimers(Duration duration) {
		this.now += duration.toNanos();
	}

	/**
	 * Runs tasks while no test does.
	 */
	private final class Background extends Thread {

		private volatile boolean ended;

		Background() {
			super("heartbeat-test-background");
			setDaemon(true);
		}

		@Override
		public void run() {
			long last = System.nanoTime();
			while (!this.ended) {
				long now = System.nanoTime();
				advance(Duration.ofNanos(now - last));
				last = now;
				LockSupport.parkNanos(BACKGROUND_NANOS);
			}
		}

		void end() {
			this.ended = true;
			if (Thread.currentThread() == this) {
				return;
			}
			try {
				join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	private record Task(long due, long number, Runnable action) {
	}

}
