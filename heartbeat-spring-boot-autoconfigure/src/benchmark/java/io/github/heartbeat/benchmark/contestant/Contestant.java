package io.github.heartbeat.benchmark.contestant;

/**
 * A WebSocket client library in the way an application uses it, with its own defaults
 * unless the target says otherwise.
 */
public interface Contestant extends AutoCloseable {

	/**
	 * Connect.
	 * @param receiver hears of the connection
	 * @return the connection, which is open
	 */
	Connection connect(Receiver receiver) throws Exception;

	@Override
	default void close() {
	}

}
