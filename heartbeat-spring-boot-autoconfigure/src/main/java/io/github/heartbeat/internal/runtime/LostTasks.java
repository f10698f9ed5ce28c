package io.github.heartbeat.internal.runtime;

/**
 * Decides when a task that an executor has accepted but not started counts as lost.
 */
public final class LostTasks {

	private LostTasks() {
	}

	/**
	 * Whether to submit the task again. The answer is {@code true} less and less often,
	 * because a task may only be waiting for a thread.
	 * @param checks the number of consecutive checks at which the task had not started
	 */
	public static boolean isLost(int checks) {
		return checks > 1 && Integer.bitCount(checks) == 1;
	}

}
