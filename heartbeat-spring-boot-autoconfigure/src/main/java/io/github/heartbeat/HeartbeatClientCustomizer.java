package io.github.heartbeat;

/**
 * Changes the settings of clients before they are created. Beans of this type are called
 * in their order, for each configured client and each one made at run time.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HeartbeatClientCustomizer {

	/**
	 * Customize the settings of a client.
	 * @param clientName the name of the client
	 * @param builder the builder, with configuration and defaults applied
	 */
	void customize(String clientName, HeartbeatClientSettings.Builder builder);

}
