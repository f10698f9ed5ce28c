package io.github.heartbeat.benchmark.contestant;

/**
 * A WebSocket client library, used as in an application, with its own defaults unless the
 * target sets other values.
 */
public interface Contestant extends AutoCloseable {

	/**
	 * Connect.
	 * @param receiver receives the events of the connection
	 * @return the open connection
	 */
	Connection connect(Receiver receiver) throws Exception;

	@Override
	default void close() {
	}

}
