package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;

/**
 * Notices that the JVM was paused, by SIGSTOP, a sleeping laptop or a long collection.
 * After a pause the timer may run before the threads that read: what arrived meanwhile
 * has to be read before a deadline that passed in the pause is enforced.
 * <p>
 * A task that begins late after the timer was idle, or that takes long, was paused. One
 * that begins late right after another one was not: the timer has a lot to do then, as
 * when many connections die at once, and their deadlines hold.
 */
public final class PauseDetector {

	private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MIN_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MAX_GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** When the last task ended; timer thread only. */
	private long idleSince;

	private volatile Pause last = new Pause(0, -1);

	public PauseDetector(long now) {
		this.idleSince = now;
	}

	/**
	 * A task of the timer begins. Called on its thread.
	 * @param dueAt when it should have begun
	 */
	public void taskBegins(long dueAt, long now) {
		if (now - dueAt >= MIN_PAUSE_NANOS && now - this.idleSince >= MIN_PAUSE_NANOS) {
			this.last = new Pause(dueAt, now);
		}
	}

	/**
	 * A task of the timer ends. Called on its thread.
	 */
	public void taskEnds(long begunAt, long now) {
		if (now - begunAt >= MIN_PAUSE_NANOS) {
			this.last = new Pause(begunAt, now);
		}
		this.idleSince = now;
	}

	/**
	 * Return for how long a deadline is not to be enforced yet. It is put off once, since
	 * it is in no later pause. One that passed just before the pause counts as well: the
	 * timer checks some deadlines a little later.
	 * @return 0 or less if it is to be enforced now
	 */
	public long graceNanos(long deadline, long now) {
		Pause pause = this.last;
		if (deadline - (pause.began - MIN_GRACE_NANOS) < 0 || pause.ended - deadline < 0) {
			return 0;
		}
		return pause.ended - now + Math.min(Math.max(pause.ended - pause.began, MIN_GRACE_NANOS), MAX_GRACE_NANOS);
	}

	private record Pause(long began, long ended) {
	}

}
