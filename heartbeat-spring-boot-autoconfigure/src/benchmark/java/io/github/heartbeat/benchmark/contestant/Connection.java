package io.github.heartbeat.benchmark.contestant;

import java.io.IOException;

/**
 * An open connection of a contestant.
 */
public interface Connection extends AutoCloseable {

	/**
	 * Send a text message. May return before it is written, but holds the caller back
	 * when too much waits.
	 */
	void send(String text) throws Exception;

	/**
	 * Return for one more sending thread what it sends with. Contestants that bound what
	 * one thread may have in flight need one for each.
	 * @param threads how many send at the same time
	 */
	default Sender sender(int threads) {
		return this::send;
	}

	@Override
	void close() throws IOException;

	/**
	 * What one thread sends with.
	 */
	@FunctionalInterface
	interface Sender {

		/**
		 * Send a text message.
		 */
		void send(String text) throws Exception;

	}

}
