package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Creates the observer of each client. Beans of this type are called once for each
 * client: at startup for configured clients, and on creation for clients that are created
 * at run time. An exception is logged with its stack frames, and the client is not
 * observed.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatClientObserverFactory {

	/**
	 * Create the observer of a client.
	 * @param client the client
	 * @return the observer, or {@code null} if the client is not observed
	 */
	@Nullable HeartbeatClientObserver observe(HeartbeatClient client);

}
