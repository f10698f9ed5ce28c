package io.github.heartbeat.internal.runtime;

/**
 * Decides when a task counts as lost that an executor has accepted and not begun.
 */
public final class LostTasks {

	private LostTasks() {
	}

	/**
	 * Whether to submit the task again. That is less and less often, since a task that
	 * only waits for a thread is still there.
	 * @param checks at how many checks in a row it had not begun
	 */
	public static boolean isLost(int checks) {
		return checks > 1 && Integer.bitCount(checks) == 1;
	}

}
