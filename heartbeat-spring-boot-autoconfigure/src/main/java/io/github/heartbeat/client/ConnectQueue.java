package io.github.heartbeat.client;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of one client one after the other. A name lookup cannot be
 * interrupted: an attempt that was given up may hold its thread long after, and the next
 * one must not add another.
 */
final class ConnectQueue {

	private final ReentrantLock lock = new ReentrantLock();

	private final Executor executor;

	private @Nullable ConnectionAttempt running;

	private @Nullable ConnectionAttempt next;

	ConnectQueue(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Run an attempt as soon as the one before has given its thread back. An attempt that
	 * waits is superseded.
	 */
	void submit(ConnectionAttempt attempt) {
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
	 * The thread of an attempt is no longer needed.
	 */
	void finished(ConnectionAttempt attempt) {
		this.lock.lock();
		try {
			if (this.running != attempt) {
				return;
			}
			this.running = null;
			ConnectionAttempt next = this.next;
			this.next = null;
			if (next != null) {
				start(next);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void start(ConnectionAttempt attempt) {
		this.running = attempt;
		this.executor.execute(attempt::run);
	}

}
