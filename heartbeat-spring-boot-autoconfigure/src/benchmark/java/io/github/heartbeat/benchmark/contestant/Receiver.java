package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;

/**
 * What a benchmark hears of one connection. Every contestant hands over the text of each
 * message, so that none is spared the decoding.
 */
public interface Receiver {

	/**
	 * It is open, for the first time or again.
	 */
	default void opened() {
	}

	/**
	 * A message arrived.
	 */
	default void received(CharSequence text) {
	}

	/**
	 * The contestant noticed that the connection is over.
	 */
	default void ended() {
	}

	/**
	 * It will be tried again after a wait.
	 */
	default void waits(Duration wait) {
	}

}
