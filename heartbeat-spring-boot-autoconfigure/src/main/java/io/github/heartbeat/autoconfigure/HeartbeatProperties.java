package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Configuration properties of WebSocket clients. Unknown keys and values that cannot be
 * converted fail startup together with all other mistakes, when the clients are created.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("heartbeat")
public class HeartbeatProperties {

	/**
	 * Whether to enable WebSocket clients.
	 */
	private boolean enabled = true;

	/**
	 * Jakarta WebSocket client that carries the connections.
	 */
	private HeartbeatContainer container = HeartbeatContainer.AUTO;

	/**
	 * Maximum number of concurrent connection attempts to one host and port. Further
	 * attempts are queued. The time in the queue does not count towards the connect
	 * timeout.
	 */
	private int maxConnectsPerOrigin = 64;

	/**
	 * Whether hooks run with the name of the client in SLF4J's MDC, under the key
	 * 'heartbeat.client'.
	 */
	private boolean clientNameInMdc = false;

	private final Leader leader = new Leader();

	@NestedConfigurationProperty
	private final HeartbeatClientOptions defaults = new HeartbeatClientOptions();

	/**
	 * WebSocket clients by name.
	 */
	private final Map<String, Client> clients = new LinkedHashMap<>();

	/** Keys whose values could not be converted and are therefore not set. */
	private Map<ConfigurationPropertyName, InvalidHeartbeatSettingException> conversionFailures = Map.of();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public HeartbeatContainer getContainer() {
		return this.container;
	}

	public void setContainer(HeartbeatContainer container) {
		this.container = container;
	}

	public int getMaxConnectsPerOrigin() {
		return this.maxConnectsPerOrigin;
	}

	public void setMaxConnectsPerOrigin(int maxConnectsPerOrigin) {
		this.maxConnectsPerOrigin = maxConnectsPerOrigin;
	}

	public boolean isClientNameInMdc() {
		return this.clientNameInMdc;
	}

	public void setClientNameInMdc(boolean clientNameInMdc) {
		this.clientNameInMdc = clientNameInMdc;
	}

	public Leader getLeader() {
		return this.leader;
	}

	public HeartbeatClientOptions getDefaults() {
		return this.defaults;
	}

	public Map<String, Client> getClients() {
		return this.clients;
	}

	void conversionFailures(Map<ConfigurationPropertyName, InvalidHeartbeatSettingException> conversionFailures) {
		this.conversionFailures = conversionFailures;
	}

	Map<ConfigurationPropertyName, InvalidHeartbeatSettingException> conversionFailures() {
		return this.conversionFailures;
	}

	/**
	 * Properties that all led clients share.
	 */
	public static class Leader {

		/**
		 * Prefix of the names of all leases. The default is the name of the application,
		 * else 'heartbeat'.
		 */
		private @Nullable String prefix;

		/**
		 * How much longer a replica waits before it tries to acquire a lease, for each
		 * lease that it holds. If a duration suffix is not specified, milliseconds are
		 * used.
		 */
		private Duration spread = Duration.ofMillis(50);

		/**
		 * Number of leases at which a replica acquires no more. Unlimited by default.
		 */
		private @Nullable Integer maxHeld;

		public @Nullable String getPrefix() {
			return this.prefix;
		}

		public void setPrefix(@Nullable String prefix) {
			this.prefix = prefix;
		}

		public Duration getSpread() {
			return this.spread;
		}

		public void setSpread(Duration spread) {
			this.spread = spread;
		}

		public @Nullable Integer getMaxHeld() {
			return this.maxHeld;
		}

		public void setMaxHeld(@Nullable Integer maxHeld) {
			this.maxHeld = maxHeld;
		}

	}

	/**
	 * Properties of a client.
	 */
	public static class Client extends HeartbeatClientOptions {

		/**
		 * URL of the server, with scheme ws or wss.
		 */
		private @Nullable String url;

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

	}

}
