package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;

/**
 * Detects that the JVM was paused by SIGSTOP, a suspended machine or a long garbage
 * collection. After a pause the timer can run before the threads that read. Data that
 * arrived during the pause must be read before a deadline that passed in the pause is
 * enforced.
 * <p>
 * A pause is assumed if a task starts late after the timer was idle, or if a task takes
 * long. A task that starts late directly after another task is not a sign of a pause: the
 * timer is then busy, for example because many connections fail at once, and deadlines
 * are enforced.
 */
public final class PauseDetector {

	private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MIN_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MAX_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** When the last task finished. Used by the timer thread only. */
	private long idleSince;

	private volatile Pause last = new Pause(0, -1);

	public PauseDetector(long now) {
		this.idleSince = now;
	}

	/**
	 * Record the start of a timer task. Call it on the timer thread.
	 * @param dueAt the time at which the task was due, as of {@link Ticker#nanoTime()}
	 */
	public void taskStarted(long dueAt, long now) {
		if (now - dueAt >= MIN_PAUSE_NANOS && now - this.idleSince >= MIN_PAUSE_NANOS) {
			this.last = new Pause(dueAt, now);
		}
	}

	/**
	 * Record the end of a timer task. Call it on the timer thread.
	 */
	public void taskFinished(long startedAt, long now) {
		if (now - startedAt >= MIN_PAUSE_NANOS) {
			this.last = new Pause(startedAt, now);
		}
		this.idleSince = now;
	}

	/**
	 * Return how long to postpone a deadline, in nanoseconds. A deadline is postponed
	 * once at most, because no later pause contains it. A deadline that passed just
	 * before the pause counts too, because the timer checks some deadlines slightly late.
	 * @return 0 or less if the deadline is to be enforced now
	 */
	public long graceNanos(long deadline, long now) {
		Pause pause = this.last;
		if (deadline - (pause.start - MIN_GRACE_NANOS) < 0 || pause.end - deadline < 0) {
			return 0;
		}
		return pause.end - now + Math.min(Math.max(pause.end - pause.start, MIN_GRACE_NANOS), MAX_GRACE_NANOS);
	}

	private record Pause(long start, long end) {
	}

}
