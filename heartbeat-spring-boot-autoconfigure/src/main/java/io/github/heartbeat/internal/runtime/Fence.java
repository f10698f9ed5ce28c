package io.github.heartbeat.internal.runtime;

/**
 * A point in time after which a connection must do nothing any more.
 */
@FunctionalInterface
public interface Fence {

	/**
	 * Return whether the point in time has passed. Called for each message, so it costs
	 * one volatile read.
	 * @param now the time, as of {@link Ticker#nanoTime()}
	 */
	boolean isPassed(long now);

}
