package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;

/**
 * Receives the events of one connection in a benchmark. Every contestant passes the text of
 * each message, so each one must decode it.
 */
public interface Receiver {

	/**
	 * The connection is open, either for the first time or after a reconnect.
	 */
	default void opened() {
	}

	/**
	 * A message arrived.
	 */
	default void received(CharSequence text) {
	}

	/**
	 * The contestant detected the end of the connection.
	 */
	default void ended() {
	}

	/**
	 * The contestant waits before the next attempt.
	 */
	default void waits(Duration wait) {
	}

}
