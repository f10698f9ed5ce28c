package io.github.heartbeat.internal.connect;

import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.internal.runtime.EngineLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of one client one at a time. A name lookup cannot be interrupted, so
 * a cancelled attempt may occupy its thread for long. The next attempt must not occupy
 * another one.
 */
public final class ConnectQueue {

	private final EngineLock lock = new EngineLock();

	private final Executor executor;

	private final Executor cancels;

	@GuardedBy("lock")
	private @Nullable ConnectionAttempt running;

	@GuardedBy("lock")
	private @Nullable ConnectionAttempt next;

	/** The cancelled attempt that had no thread at the last check. */
	@GuardedBy("lock")
	private @Nullable ConnectionAttempt suspect;

	/**
	 * Create a queue.
	 * @param executor runs the attempts
	 * @param cancels runs the cancellation of attempts
	 */
	public ConnectQueue(Executor executor, Executor cancels) {
		this.executor = executor;
		this.cancels = cancels;
	}

	/**
	 * Run an attempt as soon as the previous one has returned its thread. It replaces an
	 * attempt that waits.
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
	 * An attempt needs its thread no longer. If the next attempt cannot be started, its
	 * deadline ends it.
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
	 * Repeat the cancellation of an attempt that could not be cancelled. Discard a
	 * cancelled attempt whose task was lost, which means that it had no thread at two
	 * consecutive checks.
	 * @param active the attempt that must not be cancelled, or {@code null}
	 * @return whether an attempt may have been lost
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
				this.cancels.execute(running.cancellation());
			}
			this.suspect = suspicious ? running : null;
			return suspicious;
		}
		finally {
			this.lock.unlock();
		}
	}

}
