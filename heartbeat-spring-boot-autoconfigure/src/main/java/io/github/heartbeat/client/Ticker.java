package io.github.heartbeat.client;

/**
 * The passing of time.
 */
@FunctionalInterface
interface Ticker {

	/**
	 * Return the time in nanoseconds from an arbitrary origin, like
	 * {@link System#nanoTime()}.
	 */
	long nanoTime();

	static Ticker system() {
		return System::nanoTime;
	}

}
