package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.HeartbeatPingType;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.Delimiter;
import org.springframework.util.unit.DataSize;

/**
 * Options of a client. A value that is not set comes from {@code heartbeat.defaults},
 * then from the defaults of the settings.
 *
 * @since 0.1.0
 */
public class HeartbeatClientOptions {

	/**
	 * Sub-protocols to offer, in order.
	 */
	private @Nullable List<String> protocols;

	/**
	 * Time without received data after which a heartbeat is sent. If a duration suffix is
	 * not specified, milliseconds are used.
	 */
	private @Nullable Duration pingTimeout;

	/**
	 * Time without received data after a heartbeat was written, after which the
	 * connection is considered dead. If a duration suffix is not specified, milliseconds
	 * are used.
	 */
	private @Nullable Duration pongTimeout;

	/**
	 * Wait before a reconnect attempt. If a duration suffix is not specified,
	 * milliseconds are used.
	 */
	private @Nullable Duration reconnectTimeout;

	/**
	 * Factor by which the wait grows with each attempt.
	 */
	private @Nullable Double reconnectMultiplier;

	/**
	 * Maximum wait before jitter is applied. Defaults to 30 seconds, or to the reconnect
	 * timeout if that is longer. If a duration suffix is not specified, milliseconds are
	 * used.
	 */
	private @Nullable Duration reconnectMaxTimeout;

	/**
	 * Fraction of the wait, from 0 to 1, by which it is randomly shortened or lengthened.
	 * Applied after the maximum.
	 */
	private @Nullable Double reconnectJitter;

	/**
	 * Maximum number of consecutive reconnect attempts before the client gives up. Set to
	 * 0 to never reconnect. Unlimited by default.
	 */
	private @Nullable Integer repeatLimit;

	/**
	 * Time a connection must be open before a received message proves it. If a duration
	 * suffix is not specified, milliseconds are used.
	 */
	private @Nullable Duration stableAfter;

	/**
	 * Payload of a heartbeat.
	 */
	private @Nullable String pingMsg;

	/**
	 * Type of message or frame in which a heartbeat is sent.
	 */
	private @Nullable HeartbeatPingType pingType;

	/**
	 * Text message that is a heartbeat answer. It is counted and not published.
	 */
	private @Nullable String pongMsg;

	/**
	 * Regular expression of heartbeat answers. A text message in which it is found is
	 * counted as an answer and not published.
	 */
	private @Nullable String pongPattern;

	/**
	 * Whether to send a heartbeat every ping-timeout, whatever is received. For servers
	 * that close a connection on which they receive nothing.
	 */
	private @Nullable Boolean pingAlways;

	/**
	 * Maximum duration of a connection attempt, including handshake customizers, name
	 * lookup, TCP, TLS, upgrade and the session initializer. If a duration suffix is not
	 * specified, milliseconds are used.
	 */
	private @Nullable Duration connectTimeout;

	/**
	 * Maximum time that a graceful close waits for the peer before the socket is dropped.
	 * Set to 0 to drop it at once. If a duration suffix is not specified, milliseconds
	 * are used.
	 */
	private @Nullable Duration closeTimeout;

	/**
	 * Time after which an open connection is replaced, shortened at random by up to
	 * 'reconnect-jitter' of it. Messages that are sent meanwhile wait for the new
	 * connection. Connections are not replaced by default. If a duration suffix is not
	 * specified, milliseconds are used.
	 */
	private @Nullable Duration maxConnectionAge;

	/**
	 * Maximum size of an inbound message, in UTF-8 bytes.
	 */
	private @Nullable DataSize maxMessageSize;

	/**
	 * Value of the client tag of the meters. Clients of one group share meters. Defaults
	 * to the name of the client.
	 */
	private @Nullable String group;

	/**
	 * Whether to connect when the application starts.
	 */
	private @Nullable Boolean autoStartup;

	/**
	 * Handshake headers.
	 */
	private final Map<String, String> headers = new LinkedHashMap<>();

	private final Send send = new Send();

	private final StopOn stopOn = new StopOn();

	private final Ssl ssl = new Ssl();

	private final Oauth2 oauth2 = new Oauth2();

	private final Compression compression = new Compression();

	private final Health health = new Health();

	private final Observation observation = new Observation();

	private final Leader leader = new Leader();

	public @Nullable List<String> getProtocols() {
		return this.protocols;
	}

	public void setProtocols(@Nullable List<String> protocols) {
		this.protocols = protocols;
	}

	public @Nullable Duration getPingTimeout() {
		return this.pingTimeout;
	}

	public void setPingTimeout(@Nullable Duration pingTimeout) {
		this.pingTimeout = pingTimeout;
	}

	public @Nullable Duration getPongTimeout() {
		return this.pongTimeout;
	}

	public void setPongTimeout(@Nullable Duration pongTimeout) {
		this.pongTimeout = pongTimeout;
	}

	public @Nullable Duration getReconnectTimeout() {
		return this.reconnectTimeout;
	}

	public void setReconnectTimeout(@Nullable Duration reconnectTimeout) {
		this.reconnectTimeout = reconnectTimeout;
	}

	public @Nullable Double getReconnectMultiplier() {
		return this.reconnectMultiplier;
	}

	public void setReconnectMultiplier(@Nullable Double reconnectMultiplier) {
		this.reconnectMultiplier = reconnectMultiplier;
	}

	public @Nullable Duration getReconnectMaxTimeout() {
		return this.reconnectMaxTimeout;
	}

	public void setReconnectMaxTimeout(@Nullable Duration reconnectMaxTimeout) {
		this.reconnectMaxTimeout = reconnectMaxTimeout;
	}

	public @Nullable Double getReconnectJitter() {
		return this.reconnectJitter;
	}

	public void setReconnectJitter(@Nullable Double reconnectJitter) {
		this.reconnectJitter = reconnectJitter;
	}

	public @Nullable Integer getRepeatLimit() {
		return this.repeatLimit;
	}

	public void setRepeatLimit(@Nullable Integer repeatLimit) {
		this.repeatLimit = repeatLimit;
	}

	public @Nullable Duration getStableAfter() {
		return this.stableAfter;
	}

	public void setStableAfter(@Nullable Duration stableAfter) {
		this.stableAfter = stableAfter;
	}

	public @Nullable String getPingMsg() {
		return this.pingMsg;
	}

	public void setPingMsg(@Nullable String pingMsg) {
		this.pingMsg = pingMsg;
	}

	public @Nullable HeartbeatPingType getPingType() {
		return this.pingType;
	}

	public void setPingType(@Nullable HeartbeatPingType pingType) {
		this.pingType = pingType;
	}

	public @Nullable Boolean getPingAlways() {
		return this.pingAlways;
	}

	public void setPingAlways(@Nullable Boolean pingAlways) {
		this.pingAlways = pingAlways;
	}

	public @Nullable String getPongMsg() {
		return this.pongMsg;
	}

	public void setPongMsg(@Nullable String pongMsg) {
		this.pongMsg = pongMsg;
	}

	public @Nullable String getPongPattern() {
		return this.pongPattern;
	}

	public void setPongPattern(@Nullable String pongPattern) {
		this.pongPattern = pongPattern;
	}

	public @Nullable Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(@Nullable Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public @Nullable Duration getMaxConnectionAge() {
		return this.maxConnectionAge;
	}

	public void setMaxConnectionAge(@Nullable Duration maxConnectionAge) {
		this.maxConnectionAge = maxConnectionAge;
	}

	public @Nullable Duration getCloseTimeout() {
		return this.closeTimeout;
	}

	public void setCloseTimeout(@Nullable Duration closeTimeout) {
		this.closeTimeout = closeTimeout;
	}

	public @Nullable DataSize getMaxMessageSize() {
		return this.maxMessageSize;
	}

	public void setMaxMessageSize(@Nullable DataSize maxMessageSize) {
		this.maxMessageSize = maxMessageSize;
	}

	public @Nullable String getGroup() {
		return this.group;
	}

	public void setGroup(@Nullable String group) {
		this.group = group;
	}

	public @Nullable Boolean getAutoStartup() {
		return this.autoStartup;
	}

	public void setAutoStartup(@Nullable Boolean autoStartup) {
		this.autoStartup = autoStartup;
	}

	public Map<String, String> getHeaders() {
		return this.headers;
	}

	public Send getSend() {
		return this.send;
	}

	public StopOn getStopOn() {
		return this.stopOn;
	}

	public Oauth2 getOauth2() {
		return this.oauth2;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Leader getLeader() {
		return this.leader;
	}

	public Compression getCompression() {
		return this.compression;
	}

	public Health getHealth() {
		return this.health;
	}

	public Observation getObservation() {
		return this.observation;
	}

	/**
	 * TLS options.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle to use. A reloaded bundle is used from the next attempt
		 * on.
		 */
		private @Nullable String bundle;

		/**
		 * Whether to reconnect at once when the SSL bundle is reloaded.
		 */
		private @Nullable Boolean reconnectOnReload;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public @Nullable Boolean getReconnectOnReload() {
			return this.reconnectOnReload;
		}

		public void setReconnectOnReload(@Nullable Boolean reconnectOnReload) {
			this.reconnectOnReload = reconnectOnReload;
		}

	}

	/**
	 * OAuth2 options.
	 */
	public static class Oauth2 {

		/**
		 * ID of the client registration of 'spring.security.oauth2.client' whose access
		 * token is sent with each handshake.
		 */
		private @Nullable String clientRegistrationId;

		/**
		 * How long before the expiry of its access token a connection is replaced. By
		 * default, a connection outlives its token. If a duration suffix is not
		 * specified, milliseconds are used.
		 */
		private @Nullable Duration renewBeforeExpiry;

		public @Nullable String getClientRegistrationId() {
			return this.clientRegistrationId;
		}

		public void setClientRegistrationId(@Nullable String clientRegistrationId) {
			this.clientRegistrationId = clientRegistrationId;
		}

		public @Nullable Duration getRenewBeforeExpiry() {
			return this.renewBeforeExpiry;
		}

		public void setRenewBeforeExpiry(@Nullable Duration renewBeforeExpiry) {
			this.renewBeforeExpiry = renewBeforeExpiry;
		}

	}

	/**
	 * Compression options.
	 */
	public static class Compression {

		/**
		 * Whether to offer permessage-deflate to the server.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Whether the server may compress a message with the content of earlier ones.
		 */
		private @Nullable Boolean serverContextTakeover;

		/**
		 * Whether this client may compress a message with the content of earlier ones.
		 */
		private @Nullable Boolean clientContextTakeover;

		public @Nullable Boolean getServerContextTakeover() {
			return this.serverContextTakeover;
		}

		public void setServerContextTakeover(@Nullable Boolean serverContextTakeover) {
			this.serverContextTakeover = serverContextTakeover;
		}

		public @Nullable Boolean getClientContextTakeover() {
			return this.clientContextTakeover;
		}

		public void setClientContextTakeover(@Nullable Boolean clientContextTakeover) {
			this.clientContextTakeover = clientContextTakeover;
		}

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Health options.
	 */
	public static class Health {

		/**
		 * Whether the client is a health component.
		 */
		private @Nullable Boolean enabled;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Observation options.
	 */
	public static class Observation {

		/**
		 * Whether each message that is delivered to listeners is observed, for example as
		 * a span of a trace. Requires an observation registry.
		 */
		private @Nullable Boolean messages;

		public @Nullable Boolean getMessages() {
			return this.messages;
		}

		public void setMessages(@Nullable Boolean messages) {
			this.messages = messages;
		}

	}

	/**
	 * One connection for all replicas of an application.
	 */
	public static class Leader {

		/**
		 * Whether only one of all replicas of the application is connected. Requires a
		 * lock registry.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Name of the lease. Clients with the same lock are led together. The default is
		 * the name of the client.
		 */
		private @Nullable String lock;

		/**
		 * How long a lease lives without a renewal, and so after how long another replica
		 * takes over. If a duration suffix is not specified, milliseconds are used.
		 */
		private @Nullable Duration lease;

		/**
		 * How long before its lease can end elsewhere a connection is closed. The default
		 * is a tenth of the lease. If a duration suffix is not specified, milliseconds
		 * are used.
		 */
		private @Nullable Duration margin;

		/**
		 * Time between two renewals. The default is a third of the lease. If a duration
		 * suffix is not specified, milliseconds are used.
		 */
		private @Nullable Duration renewInterval;

		/**
		 * Time between two attempts to acquire the lease, which varies by 20 %. The
		 * default is a tenth of the lease. If a duration suffix is not specified,
		 * milliseconds are used.
		 */
		private @Nullable Duration pollInterval;

		/**
		 * Time without an open connection after which the lease is given back, so that
		 * another replica tries. If a duration suffix is not specified, milliseconds are
		 * used.
		 */
		private @Nullable Duration giveUpAfter;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable String getLock() {
			return this.lock;
		}

		public void setLock(@Nullable String lock) {
			this.lock = lock;
		}

		public @Nullable Duration getLease() {
			return this.lease;
		}

		public void setLease(@Nullable Duration lease) {
			this.lease = lease;
		}

		public @Nullable Duration getMargin() {
			return this.margin;
		}

		public void setMargin(@Nullable Duration margin) {
			this.margin = margin;
		}

		public @Nullable Duration getRenewInterval() {
			return this.renewInterval;
		}

		public void setRenewInterval(@Nullable Duration renewInterval) {
			this.renewInterval = renewInterval;
		}

		public @Nullable Duration getPollInterval() {
			return this.pollInterval;
		}

		public void setPollInterval(@Nullable Duration pollInterval) {
			this.pollInterval = pollInterval;
		}

		public @Nullable Duration getGiveUpAfter() {
			return this.giveUpAfter;
		}

		public void setGiveUpAfter(@Nullable Duration giveUpAfter) {
			this.giveUpAfter = giveUpAfter;
		}

	}

	/**
	 * Conditions under which the client stops reconnecting.
	 */
	public static class StopOn {

		/**
		 * Close codes and ranges, such as 4400-4499, after which the client does not
		 * reconnect.
		 */
		private @Nullable List<String> closeCodes;

		/**
		 * HTTP statuses and ranges of a refused handshake, such as 400-499, after which
		 * the client does not reconnect.
		 */
		private @Nullable List<String> httpStatuses;

		public @Nullable List<String> getCloseCodes() {
			return this.closeCodes;
		}

		public void setCloseCodes(@Nullable List<String> closeCodes) {
			this.closeCodes = closeCodes;
		}

		public @Nullable List<String> getHttpStatuses() {
			return this.httpStatuses;
		}

		public void setHttpStatuses(@Nullable List<String> httpStatuses) {
			this.httpStatuses = httpStatuses;
		}

	}

	/**
	 * Options for sending messages.
	 */
	public static class Send {

		/**
		 * Texts to send first, in this order, whenever the connection opens.
		 */
		@Delimiter(Delimiter.NONE)
		private @Nullable List<String> onOpen;

		/**
		 * What to do with messages that are sent while the client is connecting or
		 * waiting for the next attempt.
		 */
		private @Nullable HeartbeatSendWhileDisconnected whileDisconnected;

		/**
		 * Maximum time that a message waits to be written before it is refused. If a
		 * duration suffix is not specified, milliseconds are used.
		 */
		private @Nullable Duration timeToLive;

		/**
		 * Maximum number of messages that wait to be written.
		 */
		private @Nullable Integer queueMessages;

		/**
		 * Maximum number of bytes that wait to be written. One larger message is accepted
		 * when nothing waits.
		 */
		private @Nullable DataSize queueBytes;

		/**
		 * Time a write may be blocked before the connection is considered dead. If a
		 * duration suffix is not specified, milliseconds are used.
		 */
		private @Nullable Duration timeout;

		public @Nullable List<String> getOnOpen() {
			return this.onOpen;
		}

		public void setOnOpen(@Nullable List<String> onOpen) {
			this.onOpen = onOpen;
		}

		public @Nullable HeartbeatSendWhileDisconnected getWhileDisconnected() {
			return this.whileDisconnected;
		}

		public void setWhileDisconnected(@Nullable HeartbeatSendWhileDisconnected whileDisconnected) {
			this.whileDisconnected = whileDisconnected;
		}

		public @Nullable Duration getTimeToLive() {
			return this.timeToLive;
		}

		public void setTimeToLive(@Nullable Duration timeToLive) {
			this.timeToLive = timeToLive;
		}

		public @Nullable Integer getQueueMessages() {
			return this.queueMessages;
		}

		public void setQueueMessages(@Nullable Integer queueMessages) {
			this.queueMessages = queueMessages;
		}

		public @Nullable DataSize getQueueBytes() {
			return this.queueBytes;
		}

		public void setQueueBytes(@Nullable DataSize queueBytes) {
			this.queueBytes = queueBytes;
		}

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

	}

}
