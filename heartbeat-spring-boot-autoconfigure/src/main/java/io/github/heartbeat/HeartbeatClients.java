package io.github.heartbeat;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * All clients of the application. Safe for use from any thread.
 *
 * @since 0.1.0
 */
public interface HeartbeatClients {

	/**
	 * Return a client.
	 * @param name the name
	 * @return the client or {@code null} if there is none of that name
	 */
	@Nullable HeartbeatClient get(String name);

	/**
	 * Return all clients.
	 * @return a snapshot by name, in the order of configuration and creation
	 */
	Map<String, HeartbeatClient> getAll();

	/**
	 * Create a client at run time. Defaults and customizers apply as to configured ones,
	 * and it connects at once if the application has started and
	 * {@link HeartbeatClientSettings#isAutoStartup()}. It is no bean.
	 * @param name the name, of lower-case letters, digits and dashes
	 * @param settings the settings; what they leave unset comes from
	 * {@code heartbeat.defaults}
	 * @return the new client
	 * @throws IllegalArgumentException if the name is malformed or taken
	 * @throws InvalidHeartbeatSettingException if a setting cannot work with the
	 * defaults, the customizers or the container, or its SSL bundle cannot be used
	 * @throws IllegalStateException if the application is closed
	 */
	HeartbeatClient create(String name, HeartbeatClientSettings settings);

	/**
	 * Close and forget a client. It cannot be opened again.
	 * @param name the name
	 * @return whether there was a client of that name
	 */
	boolean remove(String name);

}
