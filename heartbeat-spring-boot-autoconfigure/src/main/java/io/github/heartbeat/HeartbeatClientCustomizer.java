package io.github.heartbeat;

/**
 * Customizes the settings of a client before the client is created. Beans of this type
 * are called in order, for each client, whether configured or created at run time.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatClientCustomizer {

	/**
	 * Customize the settings of a client.
	 * @param clientName the name of the client
	 * @param builder the builder, with the configuration and the defaults
	 */
	void customize(String clientName, HeartbeatClientSettings.Builder builder);

}
