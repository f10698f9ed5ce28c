package io.github.heartbeat.internal.runtime;

/**
 * Runs delayed tasks on one thread for all clients. A task must never block.
 */
public interface Timer {

	/**
	 * Run a task once.
	 * @param task the task to run on the timer thread
	 * @param delayNanos the delay in nanoseconds
	 * @return a handle to cancel the task
	 */
	Timeout schedule(Runnable task, long delayNanos);

	/**
	 * A scheduled task.
	 */
	@FunctionalInterface
	interface Timeout {

		/**
		 * Cancel the task if it has not started.
		 */
		void cancel();

	}

}
