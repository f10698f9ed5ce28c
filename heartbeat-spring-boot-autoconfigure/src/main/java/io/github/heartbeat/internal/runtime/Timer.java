package io.github.heartbeat.internal.runtime;

/**
 * Runs things later, on one thread for all clients. Nothing that can block may run there.
 */
public interface Timer {

	/**
	 * Run a task once.
	 * @param task what to run
	 * @param delayNanos when, from now
	 * @return a handle to cancel it
	 */
	Timeout schedule(Runnable task, long delayNanos);

	/**
	 * A scheduled task.
	 */
	@FunctionalInterface
	interface Timeout {

		/**
		 * Keep the task from running, if it has not begun to.
		 */
		void cancel();

	}

}
