package io.github.heartbeat.internal.client;

import java.util.List;

import io.github.heartbeat.HeartbeatListener;

/**
 * Creates listeners for one client at a time.
 */
@FunctionalInterface
public interface ClientListenerSource {

	/**
	 * Return the listeners of a client. Called once for each client, when it starts.
	 * @param clientName the name of the client
	 * @return the listeners in order, which only this client calls
	 */
	List<HeartbeatListener> forClient(String clientName);

}
