package io.github.heartbeat;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All clients of the application. Thread-safe.
 *
 * @since 0.1.0
 */
public interface HeartbeatClients {

	/**
	 * Return a client.
	 * @param name the name
	 * @return the client, or {@code null} if no client has that name
	 */
	@Nullable HeartbeatClient get(String name);

	/**
	 * Return all clients.
	 * @return a snapshot by name, in the order of configuration and creation
	 */
	Map<String, HeartbeatClient> getAll();

	/**
	 * Create a client at run time. Defaults and customizers apply as for configured
	 * clients. The client connects at once if the application has started and
	 * {@link HeartbeatClientSettings#isAutoStartup()} is {@code true}. It is not a bean.
	 * @param name the name, of lower-case letters, digits and dashes
	 * @param settings the settings; values that are not set come from
	 * {@code heartbeat.defaults}
	 * @return the new client
	 * @throws IllegalArgumentException if the name is malformed or in use
	 * @throws InvalidHeartbeatSettingException if a setting is invalid together with the
	 * defaults, the customizers or the container, or if the SSL bundle cannot be used
	 * @throws IllegalStateException if the application is closed
	 */
	HeartbeatClient create(String name, HeartbeatClientSettings settings);

	/**
	 * Close and remove a client. It cannot be opened again.
	 * @param name the name
	 * @return whether a client had that name
	 */
	boolean remove(String name);

}
