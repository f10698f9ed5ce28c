package io.github.heartbeat.internal.connect;

import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.internal.runtime.EngineLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of one client one after the other. A name lookup cannot be
 * interrupted: an attempt that was given up may hold its thread long after, and the next
 * one must not add another.
 */
public final class ConnectQueue {

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Executor cancels;

	@GuardedBy("lock")
	private @Nullable ConnectionAttempt running;

	@GuardedBy("lock")
	private @Nullable ConnectionAttempt next;

	/** The attempt that had not begun at the last check though it was given up. */
	@GuardedBy("lock")
	private @Nullable ConnectionAttempt suspect;

	/**
	 * Create a queue.
	 * @param executor runs the attempts
	 * @param cancels gives up what they block in
	 */
	public ConnectQueue(Executor executor, Executor cancels) {
		this.executor = executor;
		this.cancels = cancels;
	}

	/**
	 * Run an attempt as soon as the one before has given its thread back. An attempt that
	 * waits is superseded.
	 */
	public void submit(ConnectionAttempt attempt) {
		this.lock.lock();
		try {
			if (this.running != null) {
				this.next = attempt;
				return;
			}
			start(attempt);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The thread of an attempt is no longer needed. If the next attempt cannot be
	 * started, its deadline ends it.
	 */
	void finished(ConnectionAttempt attempt) {
		this.lock.lock();
		try {
			if (this.running == attempt) {
				this.running = null;
				startNext();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void startNext() {
		ConnectionAttempt next = this.next;
		this.next = null;
		if (next != null) {
			start(next);
		}
	}

	@GuardedBy("lock")
	private void start(ConnectionAttempt attempt) {
		this.running = attempt;
		boolean started = false;
		try {
			this.executor.execute(attempt::run);
			started = true;
		}
		finally {
			if (!started) {
				this.running = null;
			}
		}
	}

	/**
	 * Give up again what could not be given up, and forget an attempt that was given up
	 * and whose task was lost: it had no thread at two checks in a row.
	 * @param active the attempt that is not to be given up, or {@code null}
	 * @return whether the next attempt may wait for one that was lost
	 */
	public boolean check(@Nullable ConnectionAttempt active) {
		this.lock.lock();
		try {
			ConnectionAttempt running = this.running;
			if (running == null || running == active) {
				this.suspect = null;
				return false;
			}
			boolean suspicious = !running.hasThread();
			if (suspicious && this.suspect == running) {
				running.giveUp();
				this.running = null;
				startNext();
			}
			else if (!running.isOver() || running.isCancelPending()) {
				this.cancels.execute(running::cancel);
			}
			this.suspect = suspicious ? running : null;
			return suspicious;
		}
		finally {
			this.lock.unlock();
		}
	}

}
