package io.github.heartbeat.internal.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Operations on timeouts that also work if a timeout was lost or cannot be cancelled.
 */
public final class Timeouts {

	private static final EngineLog logger = EngineLog.of(Timeouts.class);

	/** How long a timeout may be overdue, in nanoseconds, before it counts as lost. */
	static final long LOST_NANOS = 1_000_000_000;

	private Timeouts() {
	}

	/**
	 * Whether a timeout is overdue for so long that it will not run.
	 */
	public static boolean isLost(long dueAt, long now) {
		return now - dueAt > LOST_NANOS;
	}

	/**
	 * Cancel a timeout. Never throws: a timeout that cannot be cancelled does nothing
	 * when it runs.
	 */
	public static void cancel(Timer.@Nullable Timeout timeout) {
		if (timeout != null) {
			try {
				timeout.cancel();
			}
			catch (Throwable ex) {
				logger.debug("Failed to cancel a timeout", ex);
			}
		}
	}

}
