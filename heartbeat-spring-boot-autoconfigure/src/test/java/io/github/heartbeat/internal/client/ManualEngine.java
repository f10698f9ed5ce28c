package io.github.heartbeat.internal.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.DoubleSupplier;

import io.github.heartbeat.internal.runtime.EngineExecutors;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.internal.runtime.Timer;

/**
 * A hand-driven clock, timer and executors. Time passes and tasks run only when the test
 * requests it, and all tasks run on the thread of the test.
 */
public final class ManualEngine implements Ticker, Timer {

	private static final long MOST_TIMERS = 20_000;

	private final PriorityQueue<Task> timers = new PriorityQueue<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private final Deque<Runnable> connects = new ArrayDeque<>();

	private final Deque<Runnable> io = new ArrayDeque<>();

	private final Deque<Runnable> hooks = new ArrayDeque<>();

	private long now;

	private long scheduled;

	private Duration clockStep = Duration.ZERO;

	private boolean connectsHeld;

	private boolean ioHeld;

	private boolean hooksHeld;

	private boolean tolerant;

	private final PauseDetector pauseDetector = new PauseDetector(nanoTime());

	public EngineResources resources(DoubleSupplier random) {
		return new EngineResources(this, this, random, new EngineExecutors(this.connects::add, this.io::add,
				this.io::add, this.io::add, this.hooks::add, this.hooks::add, this.io::add), this.pauseDetector, () -> {
				}, () -> {
				});
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
		return Instant.EPOCH.plusNanos(this.now).plus(this.clockStep);
	}

	/**
	 * Set the wall clock forward or back, while the elapsed time is not affected.
	 */
	void setClock(Duration step) {
		this.clockStep = this.clockStep.plus(step);
	}

	@Override
	public Timeout schedule(Runnable task, long delayNanos) {
		Task timer = new Task(this.now + delayNanos, this.scheduled++, task);
		this.timers.add(timer);
		return () -> this.timers.remove(timer);
	}

	/**
	 * Handle exceptions of a task as pools and timers do: only the task ends.
	 */
	void tolerant() {
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
		return this.timers.size();
	}

	void holdConnects(boolean hold) {
		this.connectsHeld = hold;
		run();
	}

	void holdIo(boolean hold) {
		this.ioHeld = hold;
		run();
	}

	void holdHooks(boolean hold) {
		this.hooksHeld = hold;
		run();
	}

	/**
	 * Run all tasks that wait for a thread.
	 */
	public void run() {
		Runnable task;
		do {
			task = this.connectsHeld ? null : this.connects.poll();
			task = (task != null || this.ioHeld) ? task : this.io.poll();
			task = (task != null || this.hooksHeld) ? task : this.hooks.poll();
			if (task != null) {
				run(task);
			}
		}
		while (task != null);
	}

	/**
	 * Advance the clock and run the tasks that become due.
	 */
	public void advance(Duration duration) {
		run();
		long target = this.now + duration.toNanos();
		long mostTimers = this.scheduled + MOST_TIMERS;
		while (!this.timers.isEmpty() && this.timers.peek().due() <= target) {
			Task timer = this.timers.poll();
			this.now = Math.max(this.now, timer.due());
			long begunAt = nanoTime();
			this.pauseDetector.taskStarted(nanoTime(timer.due()), begunAt);
			run(timer.action());
			this.pauseDetector.taskFinished(begunAt, nanoTime());
			run();
			if (this.scheduled > mostTimers) {
				throw new IllegalStateException("The timer is used without end");
			}
		}
		this.now = target;
	}

	/**
	 * Advance the clock while the timer is late.
	 */
	public void advanceWithoutTimers(Duration duration) {
		this.now += duration.toNanos();
	}

	private record Task(long due, long number, Runnable action) {
	}

}
