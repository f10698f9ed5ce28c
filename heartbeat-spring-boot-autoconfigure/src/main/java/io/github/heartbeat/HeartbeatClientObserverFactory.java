package io.github.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Creates the observer of each client. Beans of this type are asked once for every client
 * when the application starts, and for those created later when they are.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatClientObserverFactory {

	/**
	 * Create the observer of a client.
	 * @param client the client
	 * @return the observer or {@code null} for none
	 */
	@Nullable HeartbeatClientObserver observe(HeartbeatClient client);

}
