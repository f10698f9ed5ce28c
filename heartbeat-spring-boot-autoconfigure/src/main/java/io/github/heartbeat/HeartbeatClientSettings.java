package io.github.heartbeat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import jakarta.websocket.WebSocketContainer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Immutable settings of a client. They know which values were set and which are defaults,
 * so that {@link HeartbeatClients#create} can fill in {@code heartbeat.defaults}.
 *
 * @since 0.1.0
 */
public final class HeartbeatClientSettings {

	private static final Duration DEFAULT_RECONNECT_MAX_TIMEOUT = Duration.ofSeconds(30);

	private final Builder values;

	private final URI url;

	private HeartbeatClientSettings(Builder values) {
		this.values = new Builder(values);
		this.url = new SettingsValidator().validate(this);
	}

	/**
	 * Start with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Start with the defaults and a url.
	 * @param url the url, of scheme {@code ws} or {@code wss}
	 * @return a new builder
	 */
	public static Builder builder(String url) {
		return new Builder().url(url);
	}

	/**
	 * Start with these settings.
	 * @return a new builder
	 */
	public Builder mutate() {
		return new Builder(this.values);
	}

	/**
	 * Return the url as configured, with its secrets.
	 * @return the url
	 * @see #getDisplayUrl()
	 */
	public URI getUrl() {
		return this.url;
	}

	/**
	 * Return the url for people to read: without user info and query values.
	 * @return the url without secrets
	 */
	public String getDisplayUrl() {
		return DisplayUrl.of(this.url);
	}

	@Nullable String rawUrl() {
		return this.values.url;
	}

	/**
	 * Return the sub-protocols offered ({@code protocols}).
	 * @return the protocols in order, immutable
	 */
	public List<String> getProtocols() {
		return orDefault(this.values.protocols, List.of());
	}

	/**
	 * Return the handshake headers ({@code headers.*}).
	 * @return the headers by name, immutable
	 */
	public Map<String, String> getHeaders() {
		return this.values.headers;
	}

	/**
	 * Return the cap of the grown wait, before jitter ({@code reconnect-max-timeout}).
	 * @return the value, or 30 seconds or {@link #getReconnectTimeout()} where that is
	 * longer
	 */
	public Duration getReconnectMaxTimeout() {
		Duration timeout = getReconnectTimeout();
		return orDefault(this.values.reconnectMaxTimeout,
				(timeout.compareTo(DEFAULT_RECONNECT_MAX_TIMEOUT) > 0) ? timeout : DEFAULT_RECONNECT_MAX_TIMEOUT);
	}

	/**
	 * Return how many reconnect attempts in a row are made before giving up
	 * ({@code repeat-limit}).
	 * @return the limit, 0 for never reconnecting, or {@code null} for no limit
	 */
	public @Nullable Integer getRepeatLimit() {
		return this.values.repeatLimit;
	}

	/**
	 * Return the text message that is a heartbeat answer and never published
	 * ({@code pong-msg}).
	 * @return the text or {@code null} if there is none
	 */
	public @Nullable String getPongMsg() {
		return emptyToNull(this.values.pongMsg);
	}

	/**
	 * Return the handshake customizers of this client alone.
	 * @return the customizers, called after the beans of this type
	 */
	public List<HeartbeatHandshakeCustomizer> getHandshakeCustomizers() {
		return this.values.handshakeCustomizers;
	}

	/**
	 * Return the ping-message suppliers of this client alone.
	 * @return the suppliers, asked before the beans of this type
	 */
	public List<HeartbeatPingMessageSupplier> getPingMessageSuppliers() {
		return this.values.pingMessageSuppliers;
	}

	/**
	 * Return the listeners of this client alone.
	 * @return the listeners, called before the beans of this type
	 */
	public List<HeartbeatListener> getListeners() {
		return this.values.listeners;
	}

	/**
	 * Return the container that carries the connections of this client.
	 * @return the container or {@code null} for the one of {@code heartbeat.container}
	 */
	public @Nullable WebSocketContainer getWebSocketContainer() {
		return this.values.webSocketContainer;
	}

	/**
	 * Return the context of TLS connections.
	 * @return the context or {@code null} for that of {@link #getSslBundle()} or the
	 * default of the JVM
	 */
	public @Nullable SSLContext getSslContext() {
		return this.values.sslContext;
	}

	/**
	 * Return how long nothing is received before a heartbeat is sent
	 * ({@code ping-timeout}).
	 * @return the value or its default
	 */
	public Duration getPingTimeout() {
		return orDefault(this.values.pingTimeout, Duration.ofSeconds(15));
	}

	/**
	 * Return how long nothing is received after a heartbeat was written before the
	 * connection is dead ({@code pong-timeout}).
	 * @return the value or its default
	 */
	public Duration getPongTimeout() {
		return orDefault(this.values.pongTimeout, Duration.ofSeconds(10));
	}

	/**
	 * Return the wait before a reconnect attempt ({@code reconnect-timeout}).
	 * @return the value or its default
	 */
	public Duration getReconnectTimeout() {
		return orDefault(this.values.reconnectTimeout, Duration.ofSeconds(2));
	}

	/**
	 * Return the growth of that wait per further attempt ({@code reconnect-multiplier}).
	 * @return the value or its default
	 */
	public double getReconnectMultiplier() {
		return orDefault(this.values.reconnectMultiplier, 1.0);
	}

	/**
	 * Return the share by which each wait is spread evenly in both directions, after the
	 * cap ({@code reconnect-jitter}).
	 * @return the value or its default
	 */
	public double getReconnectJitter() {
		return orDefault(this.values.reconnectJitter, 0.2);
	}

	/**
	 * Return how long a connection must have been open for any message to prove it
	 * ({@code stable-after}).
	 * @return the value or its default
	 */
	public Duration getStableAfter() {
		return orDefault(this.values.stableAfter, Duration.ofSeconds(5));
	}

	/**
	 * Return what a heartbeat says ({@code ping-msg}).
	 * @return the value or its default
	 */
	public String getPingMsg() {
		return orDefault(this.values.pingMsg, "heartbeat");
	}

	/**
	 * Return how a heartbeat is written ({@code ping-type}).
	 * @return the value or its default
	 */
	public HeartbeatPingType getPingType() {
		return orDefault(this.values.pingType, HeartbeatPingType.TEXT);
	}

	/**
	 * Return the deadline of an attempt, over name lookup, TCP, TLS, upgrade and
	 * handshake customizers together ({@code connect-timeout}).
	 * @return the value or its default
	 */
	public Duration getConnectTimeout() {
		return orDefault(this.values.connectTimeout, Duration.ofSeconds(10));
	}

	/**
	 * Return how long a graceful close waits for the peer before the socket is dropped
	 * ({@code close-timeout}).
	 * @return the value or its default
	 */
	public Duration getCloseTimeout() {
		return orDefault(this.values.closeTimeout, Duration.ofSeconds(2));
	}

	/**
	 * Return the largest inbound message, in UTF-8 bytes ({@code max-message-size}).
	 * @return the value or its default
	 */
	public DataSize getMaxMessageSize() {
		return orDefault(this.values.maxMessageSize, DataSize.ofMegabytes(1));
	}

	/**
	 * Return how many messages may wait to be written ({@code send.queue-messages}).
	 * @return the value or its default
	 */
	public int getSendQueueMessages() {
		return orDefault(this.values.sendQueueMessages, 1024);
	}

	/**
	 * Return how many bytes may wait to be written; one larger message is accepted when
	 * nothing waits ({@code send.queue-bytes}).
	 * @return the value or its default
	 */
	public DataSize getSendQueueBytes() {
		return orDefault(this.values.sendQueueBytes, DataSize.ofMegabytes(1));
	}

	/**
	 * Return how long a write may be blocked before the connection is dead
	 * ({@code send.timeout}).
	 * @return the value or its default
	 */
	public Duration getSendTimeout() {
		return orDefault(this.values.sendTimeout, Duration.ofSeconds(10));
	}

	/**
	 * Return what becomes of messages that are sent while the client is not open
	 * ({@code send.while-disconnected}).
	 * @return the value or its default
	 */
	public HeartbeatSendWhileDisconnected getSendWhileDisconnected() {
		return orDefault(this.values.sendWhileDisconnected, HeartbeatSendWhileDisconnected.REJECT);
	}

	/**
	 * Return how long a message may wait to be written before it is refused
	 * ({@code send.time-to-live}).
	 * @return the value or its default
	 */
	public Duration getSendTimeToLive() {
		return orDefault(this.values.sendTimeToLive, Duration.ofSeconds(30));
	}

	/**
	 * Return the close codes after which the client does not reconnect
	 * ({@code stop-on.close-codes}).
	 * @return the codes, immutable
	 */
	public List<HeartbeatCodeRange> getStopOnCloseCodes() {
		return ranges(this.values.stopOnCloseCodes);
	}

	/**
	 * Return the HTTP statuses of a refused handshake after which the client does not
	 * reconnect ({@code stop-on.http-statuses}).
	 * @return the statuses, immutable
	 */
	public List<HeartbeatCodeRange> getStopOnHttpStatuses() {
		return ranges(this.values.stopOnHttpStatuses);
	}

	private static List<HeartbeatCodeRange> ranges(@Nullable List<String> texts) {
		return (texts != null) ? texts.stream().map(HeartbeatCodeRange::of).toList() : List.of();
	}

	@Nullable List<String> rawStopOnCloseCodes() {
		return this.values.stopOnCloseCodes;
	}

	@Nullable List<String> rawStopOnHttpStatuses() {
		return this.values.stopOnHttpStatuses;
	}

	/**
	 * Return the reconnect policies of this client alone.
	 * @return the policies, asked before the beans of this type
	 */
	public List<HeartbeatReconnectPolicy> getReconnectPolicies() {
		return this.values.reconnectPolicies;
	}

	/**
	 * Return the name of the SSL bundle of TLS connections ({@code ssl.bundle}).
	 * @return the name or {@code null} if there is none
	 */
	public @Nullable String getSslBundle() {
		return emptyToNull(this.values.sslBundle);
	}

	/**
	 * Return whether a reload of the SSL bundle reconnects at once
	 * ({@code ssl.reconnect-on-reload}).
	 * @return the value or its default
	 */
	public boolean isSslReconnectOnReload() {
		return orDefault(this.values.sslReconnectOnReload, false);
	}

	/**
	 * Return the group whose meters this client shares ({@code group}).
	 * @return the group or {@code null} if the client has meters of its own, under its
	 * name
	 */
	public @Nullable String getGroup() {
		return emptyToNull(this.values.group);
	}

	/**
	 * Return whether the client is a health component ({@code health.enabled}).
	 * @return the value or its default
	 */
	public boolean isHealthEnabled() {
		return orDefault(this.values.healthEnabled, true);
	}

	/**
	 * Return whether to connect when the application starts ({@code auto-startup}).
	 * @return the value or its default
	 */
	public boolean isAutoStartup() {
		return orDefault(this.values.autoStartup, true);
	}

	/**
	 * Return a text without secrets.
	 */
	@Override
	public String toString() {
		return "HeartbeatClientSettings[url=" + getDisplayUrl() + ", pingTimeout=" + getPingTimeout() + ", pongTimeout="
				+ getPongTimeout() + ", reconnectTimeout=" + getReconnectTimeout() + ", repeatLimit=" + getRepeatLimit()
				+ "]";
	}

	private static @Nullable String emptyToNull(@Nullable String value) {
		return (value == null || value.isEmpty()) ? null : value;
	}

	private static <T> T orDefault(@Nullable T value, T defaultValue) {
		return (value != null) ? value : defaultValue;
	}

	/**
	 * Builder of {@link HeartbeatClientSettings}. What is not set keeps its default. Not
	 * thread-safe.
	 */
	public static final class Builder {

		private @Nullable String url;

		private @Nullable List<String> protocols;

		private Map<String, String> headers = Map.of();

		private @Nullable Duration reconnectMaxTimeout;

		private @Nullable Integer repeatLimit;

		private boolean repeatLimitSet;

		private @Nullable String pongMsg;

		private @Nullable WebSocketContainer webSocketContainer;

		private @Nullable SSLContext sslContext;

		private List<HeartbeatHandshakeCustomizer> handshakeCustomizers = List.of();

		private List<HeartbeatPingMessageSupplier> pingMessageSuppliers = List.of();

		private List<HeartbeatListener> listeners = List.of();

		private @Nullable Duration pingTimeout;

		private @Nullable Duration pongTimeout;

		private @Nullable Duration reconnectTimeout;

		private @Nullable Double reconnectMultiplier;

		private @Nullable Double reconnectJitter;

		private @Nullable Duration stableAfter;

		private @Nullable String pingMsg;

		private @Nullable HeartbeatPingType pingType;

		private @Nullable Duration connectTimeout;

		private @Nullable Duration closeTimeout;

		private @Nullable DataSize maxMessageSize;

		private @Nullable Integer sendQueueMessages;

		private @Nullable DataSize sendQueueBytes;

		private @Nullable Duration sendTimeout;

		private @Nullable HeartbeatSendWhileDisconnected sendWhileDisconnected;

		private @Nullable Duration sendTimeToLive;

		private @Nullable List<String> stopOnCloseCodes;

		private @Nullable List<String> stopOnHttpStatuses;

		private List<HeartbeatReconnectPolicy> reconnectPolicies = List.of();

		private @Nullable String sslBundle;

		private @Nullable Boolean sslReconnectOnReload;

		private @Nullable String group;

		private @Nullable Boolean healthEnabled;

		private @Nullable Boolean autoStartup;

		private Builder() {
		}

		private Builder(Builder other) {
			this.url = other.url;
			this.protocols = other.protocols;
			this.headers = other.headers;
			this.reconnectMaxTimeout = other.reconnectMaxTimeout;
			this.repeatLimit = other.repeatLimit;
			this.repeatLimitSet = other.repeatLimitSet;
			this.pongMsg = other.pongMsg;
			this.webSocketContainer = other.webSocketContainer;
			this.sslContext = other.sslContext;
			this.handshakeCustomizers = other.handshakeCustomizers;
			this.pingMessageSuppliers = other.pingMessageSuppliers;
			this.listeners = other.listeners;
			this.pingTimeout = other.pingTimeout;
			this.pongTimeout = other.pongTimeout;
			this.reconnectTimeout = other.reconnectTimeout;
			this.reconnectMultiplier = other.reconnectMultiplier;
			this.reconnectJitter = other.reconnectJitter;
			this.stableAfter = other.stableAfter;
			this.pingMsg = other.pingMsg;
			this.pingType = other.pingType;
			this.connectTimeout = other.connectTimeout;
			this.closeTimeout = other.closeTimeout;
			this.maxMessageSize = other.maxMessageSize;
			this.sendQueueMessages = other.sendQueueMessages;
			this.sendQueueBytes = other.sendQueueBytes;
			this.sendTimeout = other.sendTimeout;
			this.sendWhileDisconnected = other.sendWhileDisconnected;
			this.sendTimeToLive = other.sendTimeToLive;
			this.stopOnCloseCodes = other.stopOnCloseCodes;
			this.stopOnHttpStatuses = other.stopOnHttpStatuses;
			this.reconnectPolicies = other.reconnectPolicies;
			this.sslBundle = other.sslBundle;
			this.sslReconnectOnReload = other.sslReconnectOnReload;
			this.group = other.group;
			this.healthEnabled = other.healthEnabled;
			this.autoStartup = other.autoStartup;
		}

		/**
		 * Take over what is set elsewhere and not here. Headers are merged, and an empty
		 * one is none.
		 * @param defaults the values to fall back to
		 * @return this builder
		 */
		public Builder applyDefaults(Builder defaults) {
			this.url = first(this.url, defaults.url);
			this.protocols = first(this.protocols, defaults.protocols);
			Map<String, String> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			merged.putAll(defaults.headers);
			merged.putAll(this.headers);
			merged.values().removeIf(String::isEmpty);
			this.headers = Collections.unmodifiableMap(merged);
			this.reconnectMaxTimeout = first(this.reconnectMaxTimeout, defaults.reconnectMaxTimeout);
			if (!this.repeatLimitSet) {
				this.repeatLimit = defaults.repeatLimit;
				this.repeatLimitSet = defaults.repeatLimitSet;
			}
			this.pongMsg = first(this.pongMsg, defaults.pongMsg);
			this.webSocketContainer = first(this.webSocketContainer, defaults.webSocketContainer);
			if (this.sslContext == null && this.sslBundle == null) {
				this.sslContext = defaults.sslContext;
				this.sslBundle = defaults.sslBundle;
			}
			this.handshakeCustomizers = joined(defaults.handshakeCustomizers, this.handshakeCustomizers);
			this.pingMessageSuppliers = joined(this.pingMessageSuppliers, defaults.pingMessageSuppliers);
			this.listeners = joined(this.listeners, defaults.listeners);
			this.pingTimeout = first(this.pingTimeout, defaults.pingTimeout);
			this.pongTimeout = first(this.pongTimeout, defaults.pongTimeout);
			this.reconnectTimeout = first(this.reconnectTimeout, defaults.reconnectTimeout);
			this.reconnectMultiplier = first(this.reconnectMultiplier, defaults.reconnectMultiplier);
			this.reconnectJitter = first(this.reconnectJitter, defaults.reconnectJitter);
			this.stableAfter = first(this.stableAfter, defaults.stableAfter);
			this.pingMsg = first(this.pingMsg, defaults.pingMsg);
			this.pingType = first(this.pingType, defaults.pingType);
			this.connectTimeout = first(this.connectTimeout, defaults.connectTimeout);
			this.closeTimeout = first(this.closeTimeout, defaults.closeTimeout);
			this.maxMessageSize = first(this.maxMessageSize, defaults.maxMessageSize);
			this.sendQueueMessages = first(this.sendQueueMessages, defaults.sendQueueMessages);
			this.sendQueueBytes = first(this.sendQueueBytes, defaults.sendQueueBytes);
			this.sendTimeout = first(this.sendTimeout, defaults.sendTimeout);
			this.sendWhileDisconnected = first(this.sendWhileDisconnected, defaults.sendWhileDisconnected);
			this.sendTimeToLive = first(this.sendTimeToLive, defaults.sendTimeToLive);
			this.stopOnCloseCodes = first(this.stopOnCloseCodes, defaults.stopOnCloseCodes);
			this.stopOnHttpStatuses = first(this.stopOnHttpStatuses, defaults.stopOnHttpStatuses);
			this.reconnectPolicies = joined(this.reconnectPolicies, defaults.reconnectPolicies);
			this.sslReconnectOnReload = first(this.sslReconnectOnReload, defaults.sslReconnectOnReload);
			this.group = first(this.group, defaults.group);
			this.healthEnabled = first(this.healthEnabled, defaults.healthEnabled);
			this.autoStartup = first(this.autoStartup, defaults.autoStartup);
			return this;
		}

		/**
		 * Set the url.
		 * @param url the url, of scheme {@code ws} or {@code wss}; user info becomes
		 * {@code Authorization: Basic} unless that header is set
		 * @return this builder
		 */
		public Builder url(String url) {
			this.url = url;
			return this;
		}

		/**
		 * Set the sub-protocols to offer.
		 * @param protocols the protocols in order
		 * @return this builder
		 */
		public Builder protocols(String... protocols) {
			return protocols(Arrays.asList(protocols));
		}

		/**
		 * Set the sub-protocols to offer.
		 * @param protocols the protocols in order
		 * @return this builder
		 */
		public Builder protocols(List<String> protocols) {
			this.protocols = List.copyOf(protocols);
			return this;
		}

		/**
		 * Set a handshake header.
		 * @param name the name
		 * @param value the value, taken literally
		 * @return this builder
		 */
		public Builder header(String name, String value) {
			Map<String, String> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			merged.put(name, value);
			this.headers.forEach(merged::putIfAbsent);
			this.headers = Collections.unmodifiableMap(merged);
			return this;
		}

		/**
		 * Set handshake headers, in addition to those already set.
		 * @param headers the headers by name
		 * @return this builder
		 */
		public Builder headers(Map<String, String> headers) {
			headers.forEach(this::header);
			return this;
		}

		/**
		 * Set the cap of the grown wait, before jitter.
		 * @param reconnectMaxTimeout the value, at least the reconnect timeout
		 * @return this builder
		 */
		public Builder reconnectMaxTimeout(Duration reconnectMaxTimeout) {
			this.reconnectMaxTimeout = reconnectMaxTimeout;
			return this;
		}

		/**
		 * Set how many reconnect attempts in a row are made before giving up.
		 * @param repeatLimit the limit, 0 for never reconnecting, or {@code null} for no
		 * limit
		 * @return this builder
		 */
		public Builder repeatLimit(@Nullable Integer repeatLimit) {
			this.repeatLimit = repeatLimit;
			this.repeatLimitSet = true;
			return this;
		}

		/**
		 * Set the text message that is a heartbeat answer: counted, never published.
		 * @param pongMsg the text, or the empty text for none
		 * @return this builder
		 */
		public Builder pongMsg(String pongMsg) {
			this.pongMsg = pongMsg;
			return this;
		}

		/**
		 * Add a handshake customizer for this client alone.
		 * @param customizer the customizer
		 * @return this builder
		 */
		public Builder handshakeCustomizer(HeartbeatHandshakeCustomizer customizer) {
			this.handshakeCustomizers = joined(this.handshakeCustomizers, List.of(customizer));
			return this;
		}

		/**
		 * Add a ping-message supplier for this client alone.
		 * @param supplier the supplier
		 * @return this builder
		 */
		public Builder pingMessageSupplier(HeartbeatPingMessageSupplier supplier) {
			this.pingMessageSuppliers = joined(this.pingMessageSuppliers, List.of(supplier));
			return this;
		}

		/**
		 * Add a listener for this client alone.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(HeartbeatListener listener) {
			this.listeners = joined(this.listeners, List.of(listener));
			return this;
		}

		/**
		 * Set the container that carries the connections of this client. It is never
		 * configured nor stopped by the client.
		 * @param webSocketContainer the container
		 * @return this builder
		 */
		public Builder webSocketContainer(WebSocketContainer webSocketContainer) {
			this.webSocketContainer = webSocketContainer;
			return this;
		}

		/**
		 * Set the context of TLS connections. Host names are verified, whatever the
		 * context.
		 * @param sslContext the context, the same one for clients that can share it
		 * @return this builder
		 */
		public Builder sslContext(SSLContext sslContext) {
			this.sslContext = sslContext;
			return this;
		}

		/**
		 * Set how long nothing is received before a heartbeat is sent.
		 * @param pingTimeout the value, positive
		 * @return this builder
		 */
		public Builder pingTimeout(Duration pingTimeout) {
			this.pingTimeout = pingTimeout;
			return this;
		}

		/**
		 * Set how long nothing is received after a heartbeat was written before the
		 * connection is dead.
		 * @param pongTimeout the value, positive
		 * @return this builder
		 */
		public Builder pongTimeout(Duration pongTimeout) {
			this.pongTimeout = pongTimeout;
			return this;
		}

		/**
		 * Set the wait before a reconnect attempt.
		 * @param reconnectTimeout the value, positive
		 * @return this builder
		 */
		public Builder reconnectTimeout(Duration reconnectTimeout) {
			this.reconnectTimeout = reconnectTimeout;
			return this;
		}

		/**
		 * Set the growth of that wait per further attempt.
		 * @param reconnectMultiplier the value, at least 1
		 * @return this builder
		 */
		public Builder reconnectMultiplier(double reconnectMultiplier) {
			this.reconnectMultiplier = reconnectMultiplier;
			return this;
		}

		/**
		 * Set the share by which each wait is spread evenly in both directions, after the
		 * cap.
		 * @param reconnectJitter the value, from 0 to 1
		 * @return this builder
		 */
		public Builder reconnectJitter(double reconnectJitter) {
			this.reconnectJitter = reconnectJitter;
			return this;
		}

		/**
		 * Set how long a connection must have been open for any message to prove it.
		 * @param stableAfter the value, zero or positive
		 * @return this builder
		 */
		public Builder stableAfter(Duration stableAfter) {
			this.stableAfter = stableAfter;
			return this;
		}

		/**
		 * Set what a heartbeat says.
		 * @param pingMsg the value
		 * @return this builder
		 */
		public Builder pingMsg(String pingMsg) {
			this.pingMsg = pingMsg;
			return this;
		}

		/**
		 * Set how a heartbeat is written.
		 * @param pingType the value
		 * @return this builder
		 */
		public Builder pingType(HeartbeatPingType pingType) {
			this.pingType = pingType;
			return this;
		}

		/**
		 * Set the deadline of an attempt, over name lookup, TCP, TLS, upgrade and
		 * handshake customizers together.
		 * @param connectTimeout the value, positive
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
			return this;
		}

		/**
		 * Set how long a graceful close waits for the peer before the socket is dropped.
		 * @param closeTimeout the value, zero, to drop at once, or positive
		 * @return this builder
		 */
		public Builder closeTimeout(Duration closeTimeout) {
			this.closeTimeout = closeTimeout;
			return this;
		}

		/**
		 * Set the largest inbound message, in UTF-8 bytes.
		 * @param maxMessageSize the value, positive
		 * @return this builder
		 */
		public Builder maxMessageSize(DataSize maxMessageSize) {
			this.maxMessageSize = maxMessageSize;
			return this;
		}

		/**
		 * Set how many messages may wait to be written.
		 * @param sendQueueMessages the value, positive
		 * @return this builder
		 */
		public Builder sendQueueMessages(int sendQueueMessages) {
			this.sendQueueMessages = sendQueueMessages;
			return this;
		}

		/**
		 * Set how many bytes may wait to be written; one larger message is accepted when
		 * nothing waits.
		 * @param sendQueueBytes the value, positive
		 * @return this builder
		 */
		public Builder sendQueueBytes(DataSize sendQueueBytes) {
			this.sendQueueBytes = sendQueueBytes;
			return this;
		}

		/**
		 * Set how long a write may be blocked before the connection is dead.
		 * @param sendTimeout the value, positive
		 * @return this builder
		 */
		public Builder sendTimeout(Duration sendTimeout) {
			this.sendTimeout = sendTimeout;
			return this;
		}

		/**
		 * Set what becomes of messages that are sent while the client is not open.
		 * @param sendWhileDisconnected the value
		 * @return this builder
		 */
		public Builder sendWhileDisconnected(HeartbeatSendWhileDisconnected sendWhileDisconnected) {
			this.sendWhileDisconnected = sendWhileDisconnected;
			return this;
		}

		/**
		 * Set how long a message may wait to be written before it is refused.
		 * @param sendTimeToLive the value, positive
		 * @return this builder
		 */
		public Builder sendTimeToLive(Duration sendTimeToLive) {
			this.sendTimeToLive = sendTimeToLive;
			return this;
		}

		/**
		 * Set the close codes after which the client does not reconnect.
		 * @param codes codes such as {@code 4403} and ranges such as {@code 4400-4499},
		 * as the container reports them
		 * @return this builder
		 */
		public Builder stopOnCloseCodes(String... codes) {
			return stopOnCloseCodes(Arrays.asList(codes));
		}

		/**
		 * Set the close codes after which the client does not reconnect.
		 * @param codes codes such as {@code 4403} and ranges such as {@code 4400-4499},
		 * as the container reports them
		 * @return this builder
		 */
		public Builder stopOnCloseCodes(List<String> codes) {
			this.stopOnCloseCodes = List.copyOf(codes);
			return this;
		}

		/**
		 * Set the HTTP statuses of a refused handshake after which the client does not
		 * reconnect.
		 * @param statuses statuses such as {@code 403} and ranges such as {@code 400-499}
		 * @return this builder
		 */
		public Builder stopOnHttpStatuses(String... statuses) {
			return stopOnHttpStatuses(Arrays.asList(statuses));
		}

		/**
		 * Set the HTTP statuses of a refused handshake after which the client does not
		 * reconnect.
		 * @param statuses statuses such as {@code 403} and ranges such as {@code 400-499}
		 * @return this builder
		 */
		public Builder stopOnHttpStatuses(List<String> statuses) {
			this.stopOnHttpStatuses = List.copyOf(statuses);
			return this;
		}

		/**
		 * Add a reconnect policy for this client alone.
		 * @param policy the policy
		 * @return this builder
		 */
		public Builder reconnectPolicy(HeartbeatReconnectPolicy policy) {
			this.reconnectPolicies = joined(this.reconnectPolicies, List.of(policy));
			return this;
		}

		/**
		 * Set the SSL bundle of TLS connections. Excludes {@link #sslContext}.
		 * @param sslBundle the name of a Spring Boot SSL bundle, or an empty text for
		 * none
		 * @return this builder
		 */
		public Builder sslBundle(String sslBundle) {
			this.sslBundle = sslBundle;
			return this;
		}

		/**
		 * Set whether a reload of the SSL bundle reconnects at once. Without that it is
		 * used from the next attempt on.
		 * @param sslReconnectOnReload the value
		 * @return this builder
		 */
		public Builder sslReconnectOnReload(boolean sslReconnectOnReload) {
			this.sslReconnectOnReload = sslReconnectOnReload;
			return this;
		}

		/**
		 * Set the group whose meters this client shares.
		 * @param group the value of the meters' {@code client} tag, or an empty text for
		 * the name of the client
		 * @return this builder
		 */
		public Builder group(String group) {
			this.group = group;
			return this;
		}

		/**
		 * Set whether the client is a health component.
		 * @param healthEnabled the value
		 * @return this builder
		 */
		public Builder healthEnabled(boolean healthEnabled) {
			this.healthEnabled = healthEnabled;
			return this;
		}

		/**
		 * Set whether to connect when the application starts.
		 * @param autoStartup the value
		 * @return this builder
		 */
		public Builder autoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
			return this;
		}

		/**
		 * Build the settings.
		 * @return the settings
		 * @throws InvalidHeartbeatSettingException if a value cannot work
		 */
		public HeartbeatClientSettings build() {
			return new HeartbeatClientSettings(this);
		}

		private static <T> @Nullable T first(@Nullable T value, @Nullable T other) {
			return (value != null) ? value : other;
		}

		private static <T> List<T> joined(List<T> first, List<T> second) {
			List<T> joined = new ArrayList<>(first);
			joined.addAll(second);
			return List.copyOf(joined);
		}

	}

}
