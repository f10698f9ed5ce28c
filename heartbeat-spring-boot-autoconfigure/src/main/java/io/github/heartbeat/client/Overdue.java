package io.github.heartbeat.client;

import java.util.concurrent.TimeUnit;

/**
 * Tells a deadline that has passed from a JVM that was paused, by SIGSTOP, a sleeping
 * laptop or a long collection. After a pause the timer may run before the threads that
 * read: what arrived meanwhile has to be read before anything is declared dead.
 */
final class Overdue {

	/** A timer that is not held up is at most two of its ticks late. */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private static final long MIN_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MAX_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private Overdue() {
	}

	/**
	 * Return how long to wait for what may have arrived during a pause.
	 * @param lateNanos how much later than planned the timer looks at a deadline
	 * @return as long as the pause was, within bounds; 0 if there was none
	 */
	static long graceNanos(long lateNanos) {
		return (lateNanos < PAUSE_NANOS) ? 0 : Math.min(Math.max(lateNanos, MIN_GRACE_NANOS), MAX_GRACE_NANOS);
	}

}
