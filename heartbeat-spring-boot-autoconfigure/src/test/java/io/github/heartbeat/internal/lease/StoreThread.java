package io.github.heartbeat.internal.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

import io.github.heartbeat.test.internal.ManualEngine;
import org.jspecify.annotations.Nullable;

/**
 * A thread that calls a store and sleeps on a hand-driven clock. It runs only while the
 * thread that drives the clock waits for it, so the calls of several replicas take time
 * beside each other, in the same order in each run.
 */
final class StoreThread implements Executor {

	private final ManualEngine engine;

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final Semaphore turn = new Semaphore(0);

	private final Semaphore turnEnded = new Semaphore(0);

	private final Thread thread = new Thread(this::run, "store");

	private boolean busy;

	private volatile boolean ended;

	/** Why the last task failed. Thrown by the thread that drives the clock. */
	private @Nullable Throwable failure;

	StoreThread(ManualEngine engine) {
		this.engine = engine;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		this.engine.schedule(this::startNext, 0);
	}

	private void startNext() {
		if (!this.busy && !this.tasks.isEmpty()) {
			this.busy = true;
			giveTurn();
		}
	}

	/**
	 * Called by the thread that drives the clock.
	 */
	private void giveTurn() {
		this.turn.release();
		this.turnEnded.acquireUninterruptibly();
		if (this.failure != null) {
			throw new IllegalStateException("A call of the store failed", this.failure);
		}
	}

	/**
	 * Called by this thread.
	 */
	void sleep(Duration duration) {
		if (!duration.isZero() && !this.ended) {
			this.engine.schedule(this::giveTurn, duration.toNanos());
			this.turnEnded.release();
			awaitTurn();
		}
		if (this.ended) {
			throw new IllegalStateException("The thread has ended");
		}
	}

	private void awaitTurn() {
		if (!this.ended) {
			this.turn.acquireUninterruptibly();
		}
	}

	private void run() {
		awaitTurn();
		while (!this.ended) {
			Runnable task = this.tasks.remove();
			try {
				task.run();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
			this.busy = false;
			this.engine.schedule(this::startNext, 0);
			this.turnEnded.release();
			awaitTurn();
		}
	}

	/**
	 * End the thread and wait for its end.
	 */
	void end() throws InterruptedException {
		this.ended = true;
		this.turn.release();
		this.thread.join();
	}

}
