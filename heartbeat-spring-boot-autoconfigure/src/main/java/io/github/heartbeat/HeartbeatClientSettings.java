package io.github.heartbeat;

import java.net.URI;
import java.time.Duration;
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
 * Immutable settings of a client. Values that were not set are distinguished from
 * defaults, so that {@link HeartbeatClients#create} can apply {@code heartbeat.defaults}.
 *
 * @since 0.1.0
 */
public final class HeartbeatClientSettings {

	private static final Duration DEFAULT_RECONNECT_MAX_TIMEOUT = Duration.ofSeconds(30);

	private final SettingValues values;

	private final URI url;

	private HeartbeatClientSettings(SettingValues values) {
		this.values = values;
		this.url = new SettingsValidator().validate(values);
	}

	/**
	 * Create a builder with the defaults.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder(SettingValues.EMPTY);
	}

	/**
	 * Create a builder with the defaults and a url.
	 * @param url the url, with scheme {@code ws} or {@code wss}
	 * @return a new builder
	 */
	public static Builder builder(String url) {
		return builder().url(url);
	}

	/**
	 * Create a builder with the values of these settings.
	 * @return a new builder
	 */
	public Builder mutate() {
		return new Builder(this.values);
	}

	SettingValues values() {
		return this.values;
	}

	/**
	 * Return the url, including its secrets.
	 * @return the url
	 * @see #getDisplayUrl()
	 */
	public URI getUrl() {
		return this.url;
	}

	/**
	 * Return the url without user info and query values, for logs and messages.
	 * @return the url without secrets
	 */
	public String getDisplayUrl() {
		return DisplayUrl.of(this.url);
	}

	/**
	 * Return the effective values without secrets, for display. The url is that of
	 * {@link #getDisplayUrl()}. Header values, protocols and texts such as
	 * {@code ping-msg} are masked unless they are the default.
	 * @return the values by their keys as in a configuration file, immutable; settings
	 * that have neither a value nor a default are absent
	 */
	public Map<String, Object> getDisplayValues() {
		return DisplayValues.of(this);
	}

	/**
	 * Return the sub-protocols to offer ({@code protocols}).
	 * @return the protocols in order, immutable
	 */
	public List<String> getProtocols() {
		return this.values.get(SettingDefinitions.PROTOCOLS);
	}

	/**
	 * Return the handshake headers ({@code headers.*}).
	 * @return the headers by name, immutable
	 */
	public Map<String, String> getHeaders() {
		return this.values.get(SettingDefinitions.HEADERS);
	}

	/**
	 * Return the maximum wait before jitter is applied ({@code reconnect-max-timeout}).
	 * @return the value; by default 30 seconds, or {@link #getReconnectTimeout()} if that
	 * is longer
	 */
	public Duration getReconnectMaxTimeout() {
		Duration maxTimeout = this.values.find(SettingDefinitions.RECONNECT_MAX_TIMEOUT);
		if (maxTimeout != null) {
			return maxTimeout;
		}
		Duration timeout = getReconnectTimeout();
		return (timeout.compareTo(DEFAULT_RECONNECT_MAX_TIMEOUT) > 0) ? timeout : DEFAULT_RECONNECT_MAX_TIMEOUT;
	}

	/**
	 * Return the maximum number of consecutive reconnect attempts before the client gives
	 * up ({@code repeat-limit}).
	 * @return the limit, 0 to never reconnect, or {@code null} for no limit
	 */
	public @Nullable Integer getRepeatLimit() {
		return this.values.find(SettingDefinitions.REPEAT_LIMIT);
	}

	/**
	 * Return the text message that is a heartbeat answer and is not published
	 * ({@code pong-msg}).
	 * @return the text or {@code null} if there is none
	 */
	public @Nullable String getPongMsg() {
		return this.values.find(SettingDefinitions.PONG_MSG);
	}

	/**
	 * Return the regular expression of heartbeat answers ({@code pong-pattern}). A text
	 * message in which it is found is a heartbeat answer and is not published.
	 * @return the regular expression or {@code null} if there is none
	 */
	public @Nullable String getPongPattern() {
		return this.values.find(SettingDefinitions.PONG_PATTERN);
	}

	/**
	 * Return the handshake customizers that apply to this client only.
	 * @return the customizers, called after the beans of this type
	 */
	public List<HeartbeatHandshakeCustomizer> getHandshakeCustomizers() {
		return this.values.get(SettingDefinitions.HANDSHAKE_CUSTOMIZERS);
	}

	/**
	 * Return the ping-message suppliers that apply to this client only.
	 * @return the suppliers, called before the beans of this type
	 */
	public List<HeartbeatPingMessageSupplier> getPingMessageSuppliers() {
		return this.values.get(SettingDefinitions.PING_MESSAGE_SUPPLIERS);
	}

	/**
	 * Return the session initializers that apply to this client only. At most one
	 * initializer, including the beans of this type, may support a client.
	 * @return the initializers
	 */
	public List<HeartbeatSessionInitializer> getSessionInitializers() {
		return this.values.get(SettingDefinitions.SESSION_INITIALIZERS);
	}

	/**
	 * Return the pong matchers that apply to this client only.
	 * @return the matchers, asked before the beans of this type
	 */
	public List<HeartbeatPongMatcher> getPongMatchers() {
		return this.values.get(SettingDefinitions.PONG_MATCHERS);
	}

	/**
	 * Return the listeners that apply to this client only.
	 * @return the listeners, called before the beans of this type
	 */
	public List<HeartbeatListener> getListeners() {
		return this.values.get(SettingDefinitions.LISTENERS);
	}

	/**
	 * Return the container that carries the connections of this client.
	 * @return the container, or {@code null} to use {@code heartbeat.container}
	 */
	public @Nullable WebSocketContainer getWebSocketContainer() {
		return this.values.find(SettingDefinitions.WEB_SOCKET_CONTAINER);
	}

	/**
	 * Return the SSL context of TLS connections.
	 * @return the context, or {@code null} to use {@link #getSslBundle()} or else the
	 * default context of the JVM
	 */
	public @Nullable SSLContext getSslContext() {
		return this.values.find(SettingDefinitions.SSL_CONTEXT);
	}

	/**
	 * Return the time without received data after which a heartbeat is sent
	 * ({@code ping-timeout}).
	 * @return the value or its default
	 */
	public Duration getPingTimeout() {
		return this.values.get(SettingDefinitions.PING_TIMEOUT);
	}

	/**
	 * Return the time without received data after a heartbeat was written, after which
	 * the connection is considered dead ({@code pong-timeout}).
	 * @return the value or its default
	 */
	public Duration getPongTimeout() {
		return this.values.get(SettingDefinitions.PONG_TIMEOUT);
	}

	/**
	 * Return whether to send a heartbeat every {@link #getPingTimeout()}, whatever is
	 * received ({@code ping-always}).
	 * @return the value or its default
	 */
	public boolean isPingAlways() {
		return this.values.get(SettingDefinitions.PING_ALWAYS);
	}

	/**
	 * Return the wait before a reconnect attempt ({@code reconnect-timeout}).
	 * @return the value or its default
	 */
	public Duration getReconnectTimeout() {
		return this.values.get(SettingDefinitions.RECONNECT_TIMEOUT);
	}

	/**
	 * Return the factor by which the wait grows with each attempt
	 * ({@code reconnect-multiplier}).
	 * @return the value or its default
	 */
	public double getReconnectMultiplier() {
		return this.values.get(SettingDefinitions.RECONNECT_MULTIPLIER);
	}

	/**
	 * Return the fraction of the wait by which it is randomly shortened or lengthened,
	 * after the maximum was applied ({@code reconnect-jitter}).
	 * @return the value or its default
	 */
	public double getReconnectJitter() {
		return this.values.get(SettingDefinitions.RECONNECT_JITTER);
	}

	/**
	 * Return the time a connection must be open before a received message proves it
	 * ({@code stable-after}).
	 * @return the value or its default
	 */
	public Duration getStableAfter() {
		return this.values.get(SettingDefinitions.STABLE_AFTER);
	}

	/**
	 * Return the payload of a heartbeat ({@code ping-msg}).
	 * @return the value or its default
	 */
	public String getPingMsg() {
		return this.values.get(SettingDefinitions.PING_MSG);
	}

	/**
	 * Return the type of message or frame in which a heartbeat is sent
	 * ({@code ping-type}).
	 * @return the value or its default
	 */
	public HeartbeatPingType getPingType() {
		return this.values.get(SettingDefinitions.PING_TYPE);
	}

	/**
	 * Return the maximum duration of an attempt, including handshake customizers, name
	 * lookup, TCP, TLS and upgrade ({@code connect-timeout}).
	 * @return the value or its default
	 */
	public Duration getConnectTimeout() {
		return this.values.get(SettingDefinitions.CONNECT_TIMEOUT);
	}

	/**
	 * Return the maximum time that a graceful close waits for the peer before the socket
	 * is dropped ({@code close-timeout}).
	 * @return the value or its default
	 */
	public Duration getCloseTimeout() {
		return this.values.get(SettingDefinitions.CLOSE_TIMEOUT);
	}

	/**
	 * Return the maximum size of an inbound message, in UTF-8 bytes
	 * ({@code max-message-size}).
	 * @return the value or its default
	 */
	public DataSize getMaxMessageSize() {
		return this.values.get(SettingDefinitions.MAX_MESSAGE_SIZE);
	}

	/**
	 * Return the maximum number of messages that wait to be written
	 * ({@code send.queue-messages}).
	 * @return the value or its default
	 */
	public int getSendQueueMessages() {
		return this.values.get(SettingDefinitions.SEND_QUEUE_MESSAGES);
	}

	/**
	 * Return the maximum number of bytes that wait to be written. One larger message is
	 * accepted when nothing waits ({@code send.queue-bytes}).
	 * @return the value or its default
	 */
	public DataSize getSendQueueBytes() {
		return this.values.get(SettingDefinitions.SEND_QUEUE_BYTES);
	}

	/**
	 * Return the time a write may be blocked before the connection is considered dead
	 * ({@code send.timeout}).
	 * @return the value or its default
	 */
	public Duration getSendTimeout() {
		return this.values.get(SettingDefinitions.SEND_TIMEOUT);
	}

	/**
	 * Return what happens to messages that are sent while the client is connecting or
	 * waiting for the next attempt ({@code send.while-disconnected}).
	 * @return the value or its default
	 */
	public HeartbeatSendWhileDisconnected getSendWhileDisconnected() {
		return this.values.get(SettingDefinitions.SEND_WHILE_DISCONNECTED);
	}

	/**
	 * Return the maximum time that a message waits to be written before it is refused
	 * ({@code send.time-to-live}).
	 * @return the value or its default
	 */
	public Duration getSendTimeToLive() {
		return this.values.get(SettingDefinitions.SEND_TIME_TO_LIVE);
	}

	/**
	 * Return the close codes after which the client does not reconnect
	 * ({@code stop-on.close-codes}).
	 * @return the codes, immutable
	 */
	public List<HeartbeatCodeRange> getStopOnCloseCodes() {
		return ranges(this.values.get(SettingDefinitions.STOP_ON_CLOSE_CODES));
	}

	/**
	 * Return the HTTP statuses of a refused handshake after which the client does not
	 * reconnect ({@code stop-on.http-statuses}).
	 * @return the statuses, immutable
	 */
	public List<HeartbeatCodeRange> getStopOnHttpStatuses() {
		return ranges(this.values.get(SettingDefinitions.STOP_ON_HTTP_STATUSES));
	}

	private static List<HeartbeatCodeRange> ranges(List<String> texts) {
		return texts.stream().map(HeartbeatCodeRange::of).toList();
	}

	/**
	 * Return the reconnect policies that apply to this client only.
	 * @return the policies, called before the beans of this type
	 */
	public List<HeartbeatReconnectPolicy> getReconnectPolicies() {
		return this.values.get(SettingDefinitions.RECONNECT_POLICIES);
	}

	/**
	 * Return the name of the SSL bundle for TLS connections ({@code ssl.bundle}).
	 * @return the name or {@code null} if there is none
	 */
	public @Nullable String getSslBundle() {
		return this.values.find(SettingDefinitions.SSL_BUNDLE);
	}

	/**
	 * Return whether to reconnect at once when the SSL bundle is reloaded
	 * ({@code ssl.reconnect-on-reload}).
	 * @return the value or its default
	 */
	public boolean isSslReconnectOnReload() {
		return this.values.get(SettingDefinitions.SSL_RECONNECT_ON_RELOAD);
	}

	/**
	 * Return the group whose meters this client shares ({@code group}).
	 * @return the group, or {@code null} if the client does not share meters and its name
	 * is used
	 */
	public @Nullable String getGroup() {
		return this.values.find(SettingDefinitions.GROUP);
	}

	/**
	 * Return the texts to send first whenever the connection opens
	 * ({@code send.on-open}).
	 * @return the texts in order, immutable
	 */
	public List<String> getSendOnOpen() {
		return this.values.get(SettingDefinitions.SEND_ON_OPEN);
	}

	/**
	 * Return whether each delivered message is observed ({@code observation.messages}).
	 * @return the value or its default
	 */
	public boolean isObservationMessages() {
		return this.values.get(SettingDefinitions.OBSERVATION_MESSAGES);
	}

	/**
	 * Return whether compression is offered to the server ({@code compression.enabled}).
	 * @return the value or its default
	 */
	public boolean isCompressionEnabled() {
		return this.values.get(SettingDefinitions.COMPRESSION_ENABLED);
	}

	/**
	 * Return whether the server may compress a message with the content of earlier ones
	 * ({@code compression.server-context-takeover}).
	 * @return the value or its default
	 */
	public boolean isCompressionServerContextTakeover() {
		return this.values.get(SettingDefinitions.COMPRESSION_SERVER_CONTEXT_TAKEOVER);
	}

	/**
	 * Return whether this client may compress a message with the content of earlier ones
	 * ({@code compression.client-context-takeover}).
	 * @return the value or its default
	 */
	public boolean isCompressionClientContextTakeover() {
		return this.values.get(SettingDefinitions.COMPRESSION_CLIENT_CONTEXT_TAKEOVER);
	}

	/**
	 * Return whether the client is a health component ({@code health.enabled}).
	 * @return the value or its default
	 */
	public boolean isHealthEnabled() {
		return this.values.get(SettingDefinitions.HEALTH_ENABLED);
	}

	/**
	 * Return whether only one of all replicas is connected ({@code leader.enabled}).
	 * @return the value or its default
	 */
	public boolean isLeaderEnabled() {
		return this.values.get(SettingDefinitions.LEADER_ENABLED);
	}

	/**
	 * Return the name of the lease; clients with the same lock are led together
	 * ({@code leader.lock}).
	 * @return the name, or {@code null} for the name of the client
	 */
	public @Nullable String getLeaderLock() {
		return this.values.find(SettingDefinitions.LEADER_LOCK);
	}

	/**
	 * Return how long a lease lives without a renewal ({@code leader.lease}).
	 * @return the value or its default
	 */
	public Duration getLeaderLease() {
		return this.values.get(SettingDefinitions.LEADER_LEASE);
	}

	/**
	 * Return how long before its lease can end elsewhere a connection is closed
	 * ({@code leader.margin}).
	 * @return the value, or a tenth of the lease
	 */
	public Duration getLeaderMargin() {
		return LeaderTimes.margin(this.values);
	}

	/**
	 * Return the time between two renewals ({@code leader.renew-interval}).
	 * @return the value, or a third of the lease
	 */
	public Duration getLeaderRenewInterval() {
		return LeaderTimes.renewInterval(this.values);
	}

	/**
	 * Return the time between two attempts to acquire the lease, which varies by 20 %
	 * ({@code leader.poll-interval}).
	 * @return the value, or a tenth of the lease
	 */
	public Duration getLeaderPollInterval() {
		return LeaderTimes.pollInterval(this.values);
	}

	/**
	 * Return after which time without an open connection the lease is given back
	 * ({@code leader.give-up-after}).
	 * @return the value, or {@code null} for never
	 */
	public @Nullable Duration getLeaderGiveUpAfter() {
		return this.values.find(SettingDefinitions.LEADER_GIVE_UP_AFTER);
	}

	/**
	 * Return the ID of the OAuth2 client registration whose access token is sent with
	 * each handshake ({@code oauth2.client-registration-id}).
	 * @return the value, or {@code null} for no token
	 */
	public @Nullable String getOauth2ClientRegistrationId() {
		return this.values.find(SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID);
	}

	/**
	 * Return how long before the expiry of its access token a connection is replaced
	 * ({@code oauth2.renew-before-expiry}).
	 * @return the value, or {@code null} if connections outlive their token
	 */
	public @Nullable Duration getOauth2RenewBeforeExpiry() {
		return this.values.find(SettingDefinitions.OAUTH2_RENEW_BEFORE_EXPIRY);
	}

	/**
	 * Return after which time a connection is replaced ({@code max-connection-age}). The
	 * time is shortened at random by up to {@code reconnect-jitter} of it.
	 * @return the value, or {@code null} for never
	 */
	public @Nullable Duration getMaxConnectionAge() {
		return this.values.find(SettingDefinitions.MAX_CONNECTION_AGE);
	}

	/**
	 * Return whether to connect when the application starts ({@code auto-startup}).
	 * @return the value or its default
	 */
	public boolean isAutoStartup() {
		return this.values.get(SettingDefinitions.AUTO_STARTUP);
	}

	/**
	 * Return a description without secrets.
	 */
	@Override
	public String toString() {
		return "HeartbeatClientSettings[url=" + getDisplayUrl() + ", pingTimeout=" + getPingTimeout() + ", pongTimeout="
				+ getPongTimeout() + ", reconnectTimeout=" + getReconnectTimeout() + ", repeatLimit=" + getRepeatLimit()
				+ "]";
	}

	/**
	 * Builder of {@link HeartbeatClientSettings}. A setting that is not set has its
	 * default. Not thread-safe.
	 */
	public static final class Builder {

		private SettingValues values;

		private Builder(SettingValues values) {
			this.values = values;
		}

		/**
		 * Use the values of another builder for the settings that are not set here.
		 * Headers are merged, and a header with an empty value is removed. Listeners,
		 * customizers, suppliers, initializers, matchers and policies are added.
		 * @param defaults the values to use
		 * @return this builder
		 */
		public Builder applyDefaults(Builder defaults) {
			SettingValues values = defaults.values;
			if (this.values.isSet(SettingDefinitions.SSL_CONTEXT) || this.values.isSet(SettingDefinitions.SSL_BUNDLE)) {
				values = values.without(SettingDefinitions.SSL_CONTEXT).without(SettingDefinitions.SSL_BUNDLE);
			}
			this.values = this.values.withDefaults(values);
			return this;
		}

		/**
		 * Set the url.
		 * @param url the url, with scheme {@code ws} or {@code wss}; user info becomes
		 * {@code Authorization: Basic} unless that header is set
		 * @return this builder
		 */
		public Builder url(String url) {
			return set(SettingDefinitions.URL, url);
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
			return set(SettingDefinitions.PROTOCOLS, List.copyOf(protocols));
		}

		/**
		 * Set a handshake header.
		 * @param name the name
		 * @param value the value, used literally
		 * @return this builder
		 */
		public Builder header(String name, String value) {
			Map<String, String> merged = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			merged.put(name, value);
			this.values.get(SettingDefinitions.HEADERS).forEach(merged::putIfAbsent);
			return set(SettingDefinitions.HEADERS, Collections.unmodifiableMap(merged));
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
		 * Set the maximum wait before jitter is applied.
		 * @param reconnectMaxTimeout the value, at least the reconnect timeout
		 * @return this builder
		 */
		public Builder reconnectMaxTimeout(Duration reconnectMaxTimeout) {
			return set(SettingDefinitions.RECONNECT_MAX_TIMEOUT, reconnectMaxTimeout);
		}

		/**
		 * Set the maximum number of consecutive reconnect attempts before the client
		 * gives up.
		 * @param repeatLimit the limit, 0 to never reconnect, or {@code null} for no
		 * limit
		 * @return this builder
		 */
		public Builder repeatLimit(@Nullable Integer repeatLimit) {
			return setOrNone(SettingDefinitions.REPEAT_LIMIT, repeatLimit);
		}

		/**
		 * Set the text message that is a heartbeat answer. It is counted and not
		 * published.
		 * @param pongMsg the text, or an empty text for none
		 * @return this builder
		 */
		public Builder pongMsg(String pongMsg) {
			return setText(SettingDefinitions.PONG_MSG, pongMsg);
		}

		/**
		 * Set the regular expression of heartbeat answers. A text message in which it is
		 * found is counted as an answer and is not published.
		 * @param pongPattern the regular expression, or an empty text for none
		 * @return this builder
		 */
		public Builder pongPattern(String pongPattern) {
			return setText(SettingDefinitions.PONG_PATTERN, pongPattern);
		}

		/**
		 * Add a handshake customizer for this client only.
		 * @param customizer the customizer
		 * @return this builder
		 */
		public Builder handshakeCustomizer(HeartbeatHandshakeCustomizer customizer) {
			return add(SettingDefinitions.HANDSHAKE_CUSTOMIZERS, customizer);
		}

		/**
		 * Add a ping-message supplier for this client only.
		 * @param supplier the supplier
		 * @return this builder
		 */
		public Builder pingMessageSupplier(HeartbeatPingMessageSupplier supplier) {
			return add(SettingDefinitions.PING_MESSAGE_SUPPLIERS, supplier);
		}

		/**
		 * Add a session initializer for this client only. At most one initializer,
		 * including the beans of this type, may support a client.
		 * @param initializer the initializer
		 * @return this builder
		 */
		public Builder sessionInitializer(HeartbeatSessionInitializer initializer) {
			return add(SettingDefinitions.SESSION_INITIALIZERS, initializer);
		}

		/**
		 * Add a pong matcher for this client only.
		 * @param matcher the matcher
		 * @return this builder
		 */
		public Builder pongMatcher(HeartbeatPongMatcher matcher) {
			return add(SettingDefinitions.PONG_MATCHERS, matcher);
		}

		/**
		 * Add a listener for this client only.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(HeartbeatListener listener) {
			return add(SettingDefinitions.LISTENERS, listener);
		}

		/**
		 * Set the container that carries the connections of this client. The client
		 * neither configures nor stops it.
		 * @param webSocketContainer the container
		 * @return this builder
		 */
		public Builder webSocketContainer(WebSocketContainer webSocketContainer) {
			return set(SettingDefinitions.WEB_SOCKET_CONTAINER, webSocketContainer);
		}

		/**
		 * Set the SSL context of TLS connections. Host names are always verified.
		 * @param sslContext the context; clients should share one where possible
		 * @return this builder
		 */
		public Builder sslContext(SSLContext sslContext) {
			return set(SettingDefinitions.SSL_CONTEXT, sslContext);
		}

		/**
		 * Set the time without received data after which a heartbeat is sent.
		 * @param pingTimeout the value, positive
		 * @return this builder
		 */
		public Builder pingTimeout(Duration pingTimeout) {
			return set(SettingDefinitions.PING_TIMEOUT, pingTimeout);
		}

		/**
		 * Set the time without received data after a heartbeat was written, after which
		 * the connection is considered dead.
		 * @param pongTimeout the value, positive
		 * @return this builder
		 */
		public Builder pongTimeout(Duration pongTimeout) {
			return set(SettingDefinitions.PONG_TIMEOUT, pongTimeout);
		}

		/**
		 * Set whether to send a heartbeat every {@code ping-timeout}, whatever is
		 * received. For servers that close a connection on which they receive nothing.
		 * @param pingAlways the value
		 * @return this builder
		 */
		public Builder pingAlways(boolean pingAlways) {
			return set(SettingDefinitions.PING_ALWAYS, pingAlways);
		}

		/**
		 * Set the wait before a reconnect attempt.
		 * @param reconnectTimeout the value, positive
		 * @return this builder
		 */
		public Builder reconnectTimeout(Duration reconnectTimeout) {
			return set(SettingDefinitions.RECONNECT_TIMEOUT, reconnectTimeout);
		}

		/**
		 * Set the factor by which the wait grows with each attempt.
		 * @param reconnectMultiplier the value, at least 1
		 * @return this builder
		 */
		public Builder reconnectMultiplier(double reconnectMultiplier) {
			return set(SettingDefinitions.RECONNECT_MULTIPLIER, reconnectMultiplier);
		}

		/**
		 * Set the fraction of the wait by which it is randomly shortened or lengthened,
		 * after the maximum was applied.
		 * @param reconnectJitter the value, from 0 to 1
		 * @return this builder
		 */
		public Builder reconnectJitter(double reconnectJitter) {
			return set(SettingDefinitions.RECONNECT_JITTER, reconnectJitter);
		}

		/**
		 * Set the time a connection must be open before a received message proves it.
		 * @param stableAfter the value, zero or positive
		 * @return this builder
		 */
		public Builder stableAfter(Duration stableAfter) {
			return set(SettingDefinitions.STABLE_AFTER, stableAfter);
		}

		/**
		 * Set the payload of a heartbeat.
		 * @param pingMsg the text, at most 125 UTF-8 bytes for
		 * {@link HeartbeatPingType#PING}
		 * @return this builder
		 */
		public Builder pingMsg(String pingMsg) {
			return set(SettingDefinitions.PING_MSG, pingMsg);
		}

		/**
		 * Set the type of message or frame in which a heartbeat is sent.
		 * @param pingType the value
		 * @return this builder
		 */
		public Builder pingType(HeartbeatPingType pingType) {
			return set(SettingDefinitions.PING_TYPE, pingType);
		}

		/**
		 * Set the maximum duration of an attempt, including handshake customizers, name
		 * lookup, TCP, TLS and upgrade.
		 * @param connectTimeout the value, positive
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			return set(SettingDefinitions.CONNECT_TIMEOUT, connectTimeout);
		}

		/**
		 * Set the maximum time that a graceful close waits for the peer before the socket
		 * is dropped.
		 * @param closeTimeout the value, positive, or zero to drop the socket at once
		 * @return this builder
		 */
		public Builder closeTimeout(Duration closeTimeout) {
			return set(SettingDefinitions.CLOSE_TIMEOUT, closeTimeout);
		}

		/**
		 * Set the maximum size of an inbound message, in UTF-8 bytes.
		 * @param maxMessageSize the value, positive
		 * @return this builder
		 */
		public Builder maxMessageSize(DataSize maxMessageSize) {
			return set(SettingDefinitions.MAX_MESSAGE_SIZE, maxMessageSize);
		}

		/**
		 * Set the maximum number of messages that wait to be written.
		 * @param sendQueueMessages the value, positive
		 * @return this builder
		 */
		public Builder sendQueueMessages(int sendQueueMessages) {
			return set(SettingDefinitions.SEND_QUEUE_MESSAGES, sendQueueMessages);
		}

		/**
		 * Set the maximum number of bytes that wait to be written. One larger message is
		 * accepted when nothing waits.
		 * @param sendQueueBytes the value, positive
		 * @return this builder
		 */
		public Builder sendQueueBytes(DataSize sendQueueBytes) {
			return set(SettingDefinitions.SEND_QUEUE_BYTES, sendQueueBytes);
		}

		/**
		 * Set the time a write may be blocked before the connection is considered dead.
		 * @param sendTimeout the value, positive
		 * @return this builder
		 */
		public Builder sendTimeout(Duration sendTimeout) {
			return set(SettingDefinitions.SEND_TIMEOUT, sendTimeout);
		}

		/**
		 * Set what happens to messages that are sent while the client is connecting or
		 * waiting for the next attempt.
		 * @param sendWhileDisconnected the value
		 * @return this builder
		 */
		public Builder sendWhileDisconnected(HeartbeatSendWhileDisconnected sendWhileDisconnected) {
			return set(SettingDefinitions.SEND_WHILE_DISCONNECTED, sendWhileDisconnected);
		}

		/**
		 * Set the maximum time that a message waits to be written before it is refused.
		 * @param sendTimeToLive the value, positive
		 * @return this builder
		 */
		public Builder sendTimeToLive(Duration sendTimeToLive) {
			return set(SettingDefinitions.SEND_TIME_TO_LIVE, sendTimeToLive);
		}

		/**
		 * Set the texts to send first whenever the connection opens. They can contain
		 * secrets and are never shown.
		 * @param texts the texts in order
		 * @return this builder
		 */
		public Builder sendOnOpen(String... texts) {
			return sendOnOpen(Arrays.asList(texts));
		}

		/**
		 * Set the texts to send first whenever the connection opens. They can contain
		 * secrets and are never shown.
		 * @param texts the texts in order
		 * @return this builder
		 */
		public Builder sendOnOpen(List<String> texts) {
			return set(SettingDefinitions.SEND_ON_OPEN, List.copyOf(texts));
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
			return set(SettingDefinitions.STOP_ON_CLOSE_CODES, List.copyOf(codes));
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
			return set(SettingDefinitions.STOP_ON_HTTP_STATUSES, List.copyOf(statuses));
		}

		/**
		 * Add a reconnect policy for this client only.
		 * @param policy the policy
		 * @return this builder
		 */
		public Builder reconnectPolicy(HeartbeatReconnectPolicy policy) {
			return add(SettingDefinitions.RECONNECT_POLICIES, policy);
		}

		/**
		 * Set the SSL bundle for TLS connections. Cannot be combined with
		 * {@link #sslContext}.
		 * @param sslBundle the name of a Spring Boot SSL bundle, or an empty text for
		 * none
		 * @return this builder
		 */
		public Builder sslBundle(String sslBundle) {
			return setText(SettingDefinitions.SSL_BUNDLE, sslBundle);
		}

		/**
		 * Set whether to reconnect at once when the SSL bundle is reloaded. Otherwise the
		 * reloaded bundle is used from the next attempt on.
		 * @param sslReconnectOnReload the value
		 * @return this builder
		 */
		public Builder sslReconnectOnReload(boolean sslReconnectOnReload) {
			return set(SettingDefinitions.SSL_RECONNECT_ON_RELOAD, sslReconnectOnReload);
		}

		/**
		 * Set the group whose meters this client shares.
		 * @param group the value of the {@code client} tag of the meters, or an empty
		 * text to use the name of the client
		 * @return this builder
		 */
		public Builder group(String group) {
			return setText(SettingDefinitions.GROUP, group);
		}

		/**
		 * Set whether each message that is delivered to the listeners is observed, for
		 * example as a span of a trace.
		 * @param observationMessages the value
		 * @return this builder
		 * @see HeartbeatClientObserver#messageDelivered
		 */
		public Builder observationMessages(boolean observationMessages) {
			return set(SettingDefinitions.OBSERVATION_MESSAGES, observationMessages);
		}

		/**
		 * Set whether to offer permessage-deflate (RFC 7692) to the server. If the server
		 * does not accept it, messages are not compressed. Compression costs memory and
		 * CPU for each connection. Do not enable it if messages contain a secret beside
		 * text that others choose, because the size of a message then reveals the secret.
		 * @param enabled the value
		 * @return this builder
		 */
		public Builder compressionEnabled(boolean enabled) {
			return set(SettingDefinitions.COMPRESSION_ENABLED, enabled);
		}

		/**
		 * Set whether the server may compress a message with the content of earlier ones.
		 * If not, {@code server_no_context_takeover} is offered (RFC 7692, section
		 * 7.1.1.1).
		 * @param takeover the value
		 * @return this builder
		 */
		public Builder compressionServerContextTakeover(boolean takeover) {
			return set(SettingDefinitions.COMPRESSION_SERVER_CONTEXT_TAKEOVER, takeover);
		}

		/**
		 * Set whether this client may compress a message with the content of earlier
		 * ones. If not, {@code client_no_context_takeover} is offered (RFC 7692, section
		 * 7.1.1.2), and applies if the server accepts it.
		 * @param takeover the value
		 * @return this builder
		 */
		public Builder compressionClientContextTakeover(boolean takeover) {
			return set(SettingDefinitions.COMPRESSION_CLIENT_CONTEXT_TAKEOVER, takeover);
		}

		/**
		 * Set whether the client is a health component.
		 * @param healthEnabled the value
		 * @return this builder
		 */
		public Builder healthEnabled(boolean healthEnabled) {
			return set(SettingDefinitions.HEALTH_ENABLED, healthEnabled);
		}

		/**
		 * Set whether only one of all replicas of the application is connected.
		 * @param enabled the value
		 * @return this builder
		 */
		public Builder leaderEnabled(boolean enabled) {
			return set(SettingDefinitions.LEADER_ENABLED, enabled);
		}

		/**
		 * Set the name of the lease. Clients with the same lock are led together.
		 * @param lock the name
		 * @return this builder
		 */
		public Builder leaderLock(String lock) {
			return set(SettingDefinitions.LEADER_LOCK, lock);
		}

		/**
		 * Set how long a lease lives without a renewal.
		 * @param lease the value, at least one second
		 * @return this builder
		 */
		public Builder leaderLease(Duration lease) {
			return set(SettingDefinitions.LEADER_LEASE, lease);
		}

		/**
		 * Set how long before its lease can end elsewhere a connection is closed.
		 * @param margin the value, positive
		 * @return this builder
		 */
		public Builder leaderMargin(Duration margin) {
			return set(SettingDefinitions.LEADER_MARGIN, margin);
		}

		/**
		 * Set the time between two renewals.
		 * @param renewInterval the value, positive
		 * @return this builder
		 */
		public Builder leaderRenewInterval(Duration renewInterval) {
			return set(SettingDefinitions.LEADER_RENEW_INTERVAL, renewInterval);
		}

		/**
		 * Set the time between two attempts to acquire the lease.
		 * @param pollInterval the value, positive
		 * @return this builder
		 */
		public Builder leaderPollInterval(Duration pollInterval) {
			return set(SettingDefinitions.LEADER_POLL_INTERVAL, pollInterval);
		}

		/**
		 * Set after which time without an open connection the lease is given back.
		 * @param giveUpAfter the value, positive, or {@code null} for never
		 * @return this builder
		 */
		public Builder leaderGiveUpAfter(@Nullable Duration giveUpAfter) {
			return setOrNone(SettingDefinitions.LEADER_GIVE_UP_AFTER, giveUpAfter);
		}

		/**
		 * Set the ID of the OAuth2 client registration whose access token is sent with
		 * each handshake, as a bearer token in the header {@code Authorization}.
		 * @param registrationId the ID, or an empty text for no token
		 * @return this builder
		 */
		public Builder oauth2ClientRegistrationId(String registrationId) {
			return setText(SettingDefinitions.OAUTH2_CLIENT_REGISTRATION_ID, registrationId);
		}

		/**
		 * Set how long before the expiry of its access token a connection is replaced. A
		 * token that lives less than twice as long is used for half of its life.
		 * @param renewBeforeExpiry the value, positive, or {@code null} if connections
		 * outlive their token
		 * @return this builder
		 */
		public Builder oauth2RenewBeforeExpiry(@Nullable Duration renewBeforeExpiry) {
			return setOrNone(SettingDefinitions.OAUTH2_RENEW_BEFORE_EXPIRY, renewBeforeExpiry);
		}

		/**
		 * Set after which time a connection is replaced. Messages that are accepted
		 * meanwhile wait for the new connection.
		 * @param maxConnectionAge the value, positive, or {@code null} for never
		 * @return this builder
		 */
		public Builder maxConnectionAge(@Nullable Duration maxConnectionAge) {
			return setOrNone(SettingDefinitions.MAX_CONNECTION_AGE, maxConnectionAge);
		}

		/**
		 * Set whether to connect when the application starts.
		 * @param autoStartup the value
		 * @return this builder
		 */
		public Builder autoStartup(boolean autoStartup) {
			return set(SettingDefinitions.AUTO_STARTUP, autoStartup);
		}

		/**
		 * Build the settings.
		 * @return the settings
		 * @throws InvalidHeartbeatSettingException if a value is invalid; the failures of
		 * further invalid values are its suppressed exceptions
		 */
		public HeartbeatClientSettings build() {
			return new HeartbeatClientSettings(this.values);
		}

		private <T> Builder set(SettingDefinition<T> setting, T value) {
			this.values = this.values.with(setting, value);
			return this;
		}

		private <T> Builder setOrNone(SettingDefinition<T> setting, @Nullable T value) {
			this.values = (value != null) ? this.values.with(setting, value) : this.values.withNone(setting);
			return this;
		}

		private Builder setText(SettingDefinition<String> setting, String value) {
			this.values = "".equals(value) ? this.values.withNone(setting) : this.values.with(setting, value);
			return this;
		}

		private <T> Builder add(SettingDefinition<List<T>> setting, T extension) {
			return set(setting, SettingDefinitions.joined(this.values.get(setting), List.of(extension)));
		}

	}

}
