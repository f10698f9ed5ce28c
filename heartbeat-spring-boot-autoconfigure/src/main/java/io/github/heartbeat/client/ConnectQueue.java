package io.github.heartbeat.client;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of one client one after the other. A name lookup cannot be
 * interrupted: an attempt that was given up may hold its thread long after, and the next
 * one must not add another.
 */
final class ConnectQueue {

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
	synchronized void submit(ConnectionAttempt attempt) {
		if (this.running != null) {
			this.next = attempt;
			return;
		}
		start(attempt);
	}

	/**
	 * The thread of an attempt is no longer needed.
	 */
	synchronized void finished(ConnectionAttempt attempt) {
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

	private void start(ConnectionAttempt attempt) {
		this.running = attempt;
		this.executor.execute(attempt::run);
	}

}
