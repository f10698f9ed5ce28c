package io.github.heartbeat.internal.runtime;

/**
 * Interrupts that code of users leaves behind on threads that serve others.
 */
public final class Interrupts {

	private static final EngineLog logger = EngineLog.of(Interrupts.class);

	private Interrupts() {
	}

	/**
	 * Clear the flag of this thread, so that it ends neither the next call of user code
	 * nor a blocking call of the engine or of the container.
	 */
	public static void clear() {
		if (Thread.interrupted()) {
			logger.trace("An interrupt was left behind");
		}
	}

}
