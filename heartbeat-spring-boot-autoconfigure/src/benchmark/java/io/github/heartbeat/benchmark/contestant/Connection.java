package io.github.heartbeat.benchmark.contestant;

import java.io.IOException;

/**
 * An open connection of a contestant.
 */
public interface Connection extends AutoCloseable {

	/**
	 * Send a text message. May return before the message is written, but blocks the caller while
	 * too many messages are queued.
	 */
	void send(String text) throws Exception;

	/**
	 * Return a sender for one more thread. Contestants that limit the messages in flight per
	 * thread need one sender for each thread.
	 * @param threads the number of threads that send at the same time
	 */
	default Sender sender(int threads) {
		return this::send;
	}

	@Override
	void close() throws IOException;

	/**
	 * Sends the messages of one thread.
	 */
	@FunctionalInterface
	interface Sender {

		/**
		 * Send a text message.
		 */
		void send(String text) throws Exception;

	}

}
