package io.github.heartbeat.internal.connect;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.connection.RequestedUrl;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.ContainerWatch;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.Interrupts;
import io.github.heartbeat.internal.tls.TlsHolder;
import io.github.heartbeat.leader.HeartbeatLease;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * Connects with Spring's {@link StandardWebSocketClient} on the calling thread. Only
 * there can a whole attempt be interrupted.
 */
public final class WebSocketConnector implements Connector {

	private static final EngineLog logger = EngineLog.of(WebSocketConnector.class);

	/**
	 * RFC 7692. Offered without the size of a window: neither container can use a smaller
	 * one, so Tomcat's client fails if a server accepts {@code client_max_window_bits}.
	 */
	private static final String PERMESSAGE_DEFLATE = "permessage-deflate";

	private final String clientName;

	private final HeartbeatClientSettings settings;

	private final Supplier<List<HeartbeatHandshakeCustomizer>> customizers;

	private final @Nullable TlsHolder tls;

	private final ContainerSupport container;

	private final ContainerWatch watch;

	private final UserCodeLog userCodeLog;

	private final Supplier<@Nullable HeartbeatLease> lease;

	private final @Nullable TokenSource tokens;

	public WebSocketConnector(String clientName, HeartbeatClientSettings settings,
			Supplier<List<HeartbeatHandshakeCustomizer>> customizers, @Nullable TlsHolder tls,
			ContainerSupport container, ContainerWatch watch, UserCodeLog userCodeLog,
			Supplier<@Nullable HeartbeatLease> lease, @Nullable TokenSource tokens) {
		this.lease = lease;
		this.tokens = tokens;
		this.clientName = clientName;
		this.settings = settings;
		this.customizers = customizers;
		this.tls = tls;
		this.container = container;
		this.watch = watch;
		this.userCodeLog = userCodeLog;
	}

	@Override
	public void connect(ConnectionAttempt attempt, HeartbeatHandshake handshake) throws InterruptedException {
		URI url = handshake.getUrl();
		WebSocketHttpHeaders headers = headers(handshake);
		String tooLong = this.container.tooLong(url, headers);
		if (tooLong != null) {
			throw new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
					"The handshake with " + ConnectFailures.server(url) + " is too long: " + tooLong);
		}
		if (attempt.isOver()) {
			return;
		}
		try {
			URI requested = withoutUserInfo(url);
			Map<String, Object> userProperties = new HashMap<>(
					this.container.userProperties(this.clientName, this.settings));
			RequestedUrl.set(userProperties, requested);
			HandshakeWebSocketClient client = new HandshakeWebSocketClient(this.container.container(url, this.tls),
					extensions(), userProperties);
			client.setSslContext((this.tls != null) ? this.tls.current().clientContext() : null);
			client.setTaskExecutor(new TaskExecutorAdapter(Runnable::run));
			headers.remove(WebSocketHttpHeaders.SEC_WEBSOCKET_PROTOCOL);
			try {
				client.connect(attempt, headers, requested, handshake.getProtocols()).get();
			}
			finally {
				client.releaseHandshake();
			}
		}
		catch (ExecutionException | RuntimeException ex) {
			if (logger.isDebugEnabled()) {
				logger.debug("Client '" + this.clientName + "' failed to connect", ex);
			}
			HeartbeatConnectionException failure = ConnectFailures.translate(ex, url, this.container);
			if (AccessToken.isRefused(failure)) {
				dropToken(attempt);
			}
			throw failure;
		}
		finally {
			this.container.attemptEnded(Thread.currentThread());
		}
	}

	@Override
	public void dropToken(ConnectionAttempt attempt) {
		AccessToken token = attempt.token();
		String registrationId = this.settings.getOauth2ClientRegistrationId();
		if (this.tokens != null && token != null && registrationId != null) {
			this.tokens.drop(registrationId, token);
		}
	}

	@Override
	public HeartbeatHandshake prepare(ConnectionAttempt attempt) throws InterruptedException {
		HeartbeatHandshake handshake = new HeartbeatHandshake(this.settings.getUrl(), this.settings.getHeaders(),
				this.settings.getProtocols(), this.lease.get());
		authorize(attempt, handshake);
		try {
			for (HeartbeatHandshakeCustomizer customizer : this.customizers.get()) {
				customize(customizer, handshake);
			}
			handshake.validate();
			if (this.settings.getSslBundle() != null && !handshake.getUrl().getScheme().equalsIgnoreCase("wss")) {
				throw new InvalidHeartbeatSettingException("ssl.bundle", this.settings.getSslBundle(),
						"needs a url of scheme wss", "Leave the scheme as it is.");
			}
		}
		catch (InvalidHeartbeatSettingException ex) {
			throw new HeartbeatConnectionException(Kind.HANDSHAKE_CUSTOMIZER,
					"A handshake customizer left a handshake that cannot work: " + ex.getMessage());
		}
		catch (Throwable ex) {
			logFailure(attempt, ex);
			throw new HeartbeatConnectionException(Kind.HANDSHAKE_CUSTOMIZER,
					Callback.HANDSHAKE_CUSTOMIZER.sentence(this.clientName, ex) + ConnectFailures.rootCause(ex));
		}
		return handshake;
	}

	private void authorize(ConnectionAttempt attempt, HeartbeatHandshake handshake) throws InterruptedException {
		String registrationId = this.settings.getOauth2ClientRegistrationId();
		if (this.tokens == null || registrationId == null) {
			return;
		}
		try {
			AccessToken token = this.tokens.get(registrationId);
			attempt.setToken(token);
			handshake.getHeaders().setBearerAuth(token.value());
		}
		catch (TokenRequestException ex) {
			logger.debug("No token for client '" + this.clientName + "'", ex);
			throw new HeartbeatConnectionException(Kind.TOKEN, String.valueOf(ex.getMessage()), ex.status());
		}
		finally {
			Interrupts.clear();
		}
	}

	/**
	 * An attempt that is over was interrupted, which is no failure of the customizer.
	 */
	private void logFailure(ConnectionAttempt attempt, Throwable failure) {
		if (attempt.isOver()) {
			logger.debug("A handshake customizer was interrupted", failure);
		}
		else {
			this.userCodeLog.thrown(Callback.HANDSHAKE_CUSTOMIZER, failure);
		}
	}

	/**
	 * Clearing the interrupt flag does not lose the interrupt of a cancellation, because
	 * the attempt is marked as over before the interrupt.
	 */
	private void customize(HeartbeatHandshakeCustomizer customizer, HeartbeatHandshake handshake) throws Exception {
		try {
			customizer.customize(this.clientName, handshake);
		}
		finally {
			Interrupts.clear();
		}
	}

	private static WebSocketHttpHeaders headers(HeartbeatHandshake handshake) {
		HttpHeaders copy = new HttpHeaders(handshake.getHeaders());
		String userInfo = handshake.getUrl().getRawUserInfo();
		if (userInfo != null && !copy.containsHeader(HttpHeaders.AUTHORIZATION)) {
			copy.setBasicAuth(HttpHeaders.encodeBasicAuth(user(userInfo), password(userInfo), StandardCharsets.UTF_8));
		}
		WebSocketHttpHeaders headers = new WebSocketHttpHeaders(copy);
		if (!handshake.getProtocols().isEmpty()) {
			headers.setSecWebSocketProtocol(handshake.getProtocols());
		}
		return headers;
	}

	/**
	 * Return the extensions to offer. Their parameters have no value.
	 */
	@SuppressWarnings("NullAway")
	private List<WebSocketExtension> extensions() {
		if (!this.settings.isCompressionEnabled()) {
			return List.of();
		}
		Map<String, @Nullable String> parameters = new LinkedHashMap<>();
		if (!this.settings.isCompressionServerContextTakeover()) {
			parameters.put("server_no_context_takeover", null);
		}
		if (!this.settings.isCompressionClientContextTakeover()) {
			parameters.put("client_no_context_takeover", null);
		}
		return List.of(new WebSocketExtension(PERMESSAGE_DEFLATE, parameters));
	}

	private static String user(String userInfo) {
		int colon = userInfo.indexOf(':');
		return decode((colon >= 0) ? userInfo.substring(0, colon) : userInfo);
	}

	private static String password(String userInfo) {
		int colon = userInfo.indexOf(':');
		return (colon >= 0) ? decode(userInfo.substring(colon + 1)) : "";
	}

	private static String decode(String encoded) {
		return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	/**
	 * Return the url for the container: with a scheme in lower case, and without user
	 * info, which containers would drop or log.
	 */
	private static URI withoutUserInfo(URI url) {
		String text = url.toString();
		String scheme = url.getScheme().toLowerCase(Locale.ROOT);
		String rest = text.substring(scheme.length());
		String userInfo = url.getRawUserInfo();
		if (userInfo == null && text.startsWith(scheme)) {
			return url;
		}
		if (userInfo != null) {
			rest = "://" + rest.substring("://".length() + userInfo.length() + 1);
		}
		return URI.create(scheme + rest);
	}

	@Override
	public void abandon(Thread connecting) {
		this.container.abandon(connecting);
	}

	@Override
	public Transport transport(WebSocketSession session) {
		return this.container.transport(session);
	}

	/**
	 * Tomcat's client accepts extensions that were not offered, and one extension twice.
	 */
	@Override
	public void check(Transport transport) {
		if (transport.session().getExtensions().size() > (this.settings.isCompressionEnabled() ? 1 : 0)) {
			throw new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED,
					"The server accepted an extension that was not offered");
		}
	}

	@Override
	public boolean isTooLarge(CloseStatus status) {
		return this.container.isTooLarge(status);
	}

	@Override
	public void suspect() {
		this.watch.suspect();
	}

	@Override
	public void check() {
		this.watch.check();
	}

	@Override
	public boolean isContainerDead() {
		return this.watch.isDead();
	}

}
