package io.github.heartbeat.autoconfigure.oauth2;

import java.net.http.HttpClient;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.connect.AccessToken;
import io.github.heartbeat.internal.connect.TokenRequestException;
import io.github.heartbeat.internal.connect.TokenSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.client.AuthorizedClientServiceOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/**
 * Fetches tokens with Spring Security. Its manager and its store are its own, so that the
 * application can have others. All clients of a registration share one token, and one
 * attempt at a time fetches it.
 */
final class RegistrationTokenSource implements TokenSource {

	private static final String KEY = "oauth2.client-registration-id";

	/** Grants that need a person. */
	private static final Set<String> INTERACTIVE = Set.of(AuthorizationGrantType.AUTHORIZATION_CODE.getValue(),
			AuthorizationGrantType.DEVICE_CODE.getValue());

	private static final Authentication PRINCIPAL = new AnonymousAuthenticationToken("heartbeat", "heartbeat",
			AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

	private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

	private final ListableBeanFactory beanFactory;

	private final Registrations registrations;

	private final OAuth2AuthorizedClientService store;

	private final Supplier<OAuth2AuthorizedClientManager> manager = SingletonSupplier.of(this::createManager);

	RegistrationTokenSource(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.registrations = new Registrations(beanFactory);
		this.store = new InMemoryOAuth2AuthorizedClientService(this.registrations);
	}

	private OAuth2AuthorizedClientManager createManager() {
		AuthorizedClientServiceOAuth2AuthorizedClientManager manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(
				this.registrations, this.store);
		OAuth2AuthorizedClientProvider provider = provider();
		manager.setAuthorizedClientProvider((provider != null) ? provider : clientCredentials());
		return manager;
	}

	private @Nullable OAuth2AuthorizedClientProvider provider() {
		return this.beanFactory.getBeanProvider(OAuth2AuthorizedClientProvider.class).getIfUnique();
	}

	/**
	 * A request of this HTTP client ends when its thread is interrupted.
	 */
	private static OAuth2AuthorizedClientProvider clientCredentials() {
		RestClientClientCredentialsTokenResponseClient client = new RestClientClientCredentialsTokenResponseClient();
		client.setRestClient(RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory(HttpClient.newHttpClient()))
			.configureMessageConverters((converters) -> converters.addCustomConverter(new FormHttpMessageConverter())
				.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
			.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
				throw new TokenEndpointException(response.getStatusCode().value());
			})
			.build());
		return OAuth2AuthorizedClientProviderBuilder.builder()
			.clientCredentials((builder) -> builder.accessTokenResponseClient(client))
			.build();
	}

	@Override
	public void check(String registrationId) {
		if (!this.registrations.exist()) {
			throw invalid(registrationId, "names a registration, but the application has none",
					"Define it under 'spring.security.oauth2.client.registration." + registrationId + "'.");
		}
		ClientRegistration registration = this.registrations.findByRegistrationId(registrationId);
		if (registration == null) {
			throw invalid(registrationId, "is not a registration",
					"Define it under 'spring.security.oauth2.client.registration." + registrationId
							+ "', or correct the name.");
		}
		String grant = registration.getAuthorizationGrantType().getValue();
		if (INTERACTIVE.contains(grant)) {
			throw invalid(registrationId, "has the grant type " + grant + ", which needs a person",
					"Use a registration with 'authorization-grant-type: client_credentials'.");
		}
		if (!AuthorizationGrantType.CLIENT_CREDENTIALS.getValue().equals(grant) && provider() == null) {
			throw invalid(registrationId, "has the grant type " + grant + ", for which there is no provider",
					"Define a bean of type OAuth2AuthorizedClientProvider, or use "
							+ "'authorization-grant-type: client_credentials'.");
		}
	}

	private static InvalidHeartbeatSettingException invalid(String registrationId, String reason, String action) {
		return new InvalidHeartbeatSettingException(KEY, registrationId, reason, action);
	}

	@Override
	public AccessToken get(String registrationId) throws InterruptedException {
		ReentrantLock lock = this.locks.computeIfAbsent(registrationId, (id) -> new ReentrantLock());
		lock.lockInterruptibly();
		try {
			OAuth2AccessToken stored = stored(registrationId);
			OAuth2AccessToken token = fetch(registrationId);
			boolean fresh = stored == null || !stored.getTokenValue().equals(token.getTokenValue());
			return new AccessToken(token.getTokenValue(), token.getExpiresAt(), fresh);
		}
		finally {
			lock.unlock();
		}
	}

	private OAuth2AccessToken fetch(String registrationId) {
		OAuth2AuthorizeRequest request = OAuth2AuthorizeRequest.withClientRegistrationId(registrationId)
			.principal(PRINCIPAL)
			.build();
		try {
			OAuth2AuthorizedClient client = Objects.requireNonNull(this.manager.get()).authorize(request);
			return Objects.requireNonNull(client, "No provider for the grant type").getAccessToken();
		}
		catch (RuntimeException ex) {
			Integer status = status(ex);
			throw new TokenRequestException(
					"No token of registration '" + registrationId + "' could be obtained ("
							+ ((status != null) ? "HTTP status " + status
									: NestedExceptionUtils.getMostSpecificCause(ex).getClass().getName())
							+ ")",
					status, ex);
		}
	}

	private static @Nullable Integer status(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof TokenEndpointException answer) {
				return answer.status();
			}
			if (cause instanceof RestClientResponseException answer) {
				return answer.getStatusCode().value();
			}
		}
		return null;
	}

	private @Nullable OAuth2AccessToken stored(String registrationId) {
		OAuth2AuthorizedClient client = this.store.loadAuthorizedClient(registrationId, PRINCIPAL.getName());
		return (client != null) ? client.getAccessToken() : null;
	}

	@Override
	public void drop(String registrationId, AccessToken token) {
		OAuth2AccessToken stored = stored(registrationId);
		if (stored != null && stored.getTokenValue().equals(token.value())) {
			this.store.removeAuthorizedClient(registrationId, PRINCIPAL.getName());
		}
	}

}
