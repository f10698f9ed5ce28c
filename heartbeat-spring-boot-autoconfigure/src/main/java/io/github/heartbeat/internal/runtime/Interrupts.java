package io.github.heartbeat.internal.runtime;

/**
 * Handles interrupts that user code leaves set on threads that serve other clients too.
 */
public final class Interrupts {

	private static final EngineLog logger = EngineLog.of(Interrupts.class);

	private Interrupts() {
	}

	/**
	 * Clear the interrupt flag of the current thread, so that it interrupts neither the
	 * next call of user code nor a blocking call of the engine or the container.
	 */
	public static void clear() {
		if (Thread.interrupted()) {
			logger.trace("Cleared an interrupt that user code left set");
		}
	}

}
