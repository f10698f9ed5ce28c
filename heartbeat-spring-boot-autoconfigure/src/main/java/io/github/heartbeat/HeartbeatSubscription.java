package io.github.heartbeat;

/**
 * A subscription that is sent again whenever its client connects. Safe from any thread.
 *
 * @since 0.1.0
 * @see HeartbeatClient#subscribe(String, java.util.function.Supplier,
 * java.util.function.Supplier)
 */
public interface HeartbeatSubscription extends AutoCloseable {

	/**
	 * Return the key of the subscription.
	 * @return the key, unique among the active subscriptions of a client
	 */
	String getKey();

	/**
	 * Return whether the subscription is sent when the client connects.
	 * @return {@code false} after {@link #close()}, after another subscription has
	 * replaced it, and after its client was removed
	 */
	boolean isActive();

	/**
	 * End the subscription. If it was sent on the current connection, its unsubscribe
	 * message is sent. Does nothing if the subscription is not active. Never throws
	 * because of the state of the connection.
	 */
	@Override
	void close();

}
