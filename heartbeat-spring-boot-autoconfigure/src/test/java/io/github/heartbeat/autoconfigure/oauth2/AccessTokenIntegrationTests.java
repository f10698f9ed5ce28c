package io.github.heartbeat.autoconfigure.oauth2;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.testing.ImportHeartbeatAutoConfigurations;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests access tokens with Spring Authorization Server and a server that refuses revoked
 * tokens.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class AccessTokenIntegrationTests {

	private static AuthorizationServer authorizationServer;

	private final Set<String> revoked = ConcurrentHashMap.newKeySet();

	private final List<String> tokens = new CopyOnWriteArrayList<>();

	private TestServer server;

	private ConfigurableApplicationContext application;

	@BeforeAll
	static void startAuthorizationServer() {
		authorizationServer = new AuthorizationServer();
	}

	@AfterAll
	static void stopAuthorizationServer() {
		authorizationServer.close();
	}

	@BeforeEach
	void startServer() throws IOException {
		authorizationServer.reset();
		this.server = new TestServer(this::serve);
	}

	@AfterEach
	void stop() throws IOException {
		if (this.application != null) {
			this.application.close();
		}
		this.server.close();
	}

	private void serve(TestServer.Connection connection) throws IOException, InterruptedException {
		connection.readRequest();
		String token = connection.headers().get("Authorization").substring("Bearer ".length());
		this.tokens.add(token);
		if (this.revoked.contains(token)) {
			connection.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".getBytes());
			connection.drop();
			return;
		}
		connection.write(connection.acceptance());
		connection.echo();
	}

	private HeartbeatClient start(String... properties) {
		return start(MinimalApplication.class, WebApplicationType.NONE, properties);
	}

	private HeartbeatClient start(Class<?> type, WebApplicationType webType, String... properties) {
		List<String> all = new ArrayList<>(Arrays.asList(authorizationServer.registration("feed")));
		all.addAll(List.of("heartbeat.clients.feed.url=" + this.server.url(),
				"heartbeat.clients.feed.oauth2.client-registration-id=feed",
				"heartbeat.clients.feed.reconnect-timeout=100ms", "spring.main.banner-mode=off"));
		all.addAll(Arrays.asList(properties));
		this.application = new SpringApplicationBuilder(type).web(webType)
			.properties(all.toArray(String[]::new))
			.run("--spring.autoconfigure.exclude=");
		return this.application.getBean("feedHeartbeatClient", HeartbeatClient.class);
	}

	private static void awaitOpen(HeartbeatClient client) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(client::isOpen);
	}

	private HeartbeatConnectionException awaitError() {
		List<HeartbeatConnectionException> errors = this.application.getBean(Application.class).errors;
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !errors.isEmpty());
		return errors.get(0);
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void everyKindOfApplicationSendsATokenAndReusesIt(WebApplicationType type, CapturedOutput output) {
		HeartbeatClient client = start(CompleteApplication.class, type, "logging.level.io.github.heartbeat=debug",
				"logging.level.org.springframework=debug", "server.port=0");
		awaitOpen(client);
		client.reconnect();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.tokens.size() == 2);
		assertThat(this.tokens.get(0)).contains(".").isEqualTo(this.tokens.get(1));
		assertThat(authorizationServer.requests()).isOne();
		awaitOpen(client);
		assertThat(output).doesNotContain(this.tokens.get(0)).doesNotContain("password-of");
		assertThat(client.getSettings().getDisplayValues().toString()).contains("feed").doesNotContain("Bearer");
	}

	@Test
	void aRevokedTokenIsReplacedAlthoughTheStatusStops() {
		HeartbeatClient client = start("heartbeat.clients.feed.stop-on.http-statuses=401");
		awaitOpen(client);
		this.revoked.add(this.tokens.get(0));
		client.reconnect();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.tokens.size() == 3);
		awaitOpen(client);
		assertThat(this.tokens.get(1)).isEqualTo(this.tokens.get(0));
		assertThat(this.tokens.get(2)).isNotEqualTo(this.tokens.get(0));
	}

	@Test
	void aFreshTokenThatIsRefusedStops() {
		this.server.behave(Behaviour.status(401));
		HeartbeatClient client = start("heartbeat.clients.feed.stop-on.http-statuses=401");
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> client.getState() == HeartbeatClientState.EXHAUSTED);
		assertThat(this.server.connections()).hasSize(1);
	}

	@Test
	void anErrorOfTheTokenEndpointIsReportedWithoutItsAnswer(CapturedOutput output) {
		authorizationServer.refuse(403);
		HeartbeatClient client = start();
		HeartbeatConnectionException error = awaitError();
		assertThat(error.getKind()).isEqualTo(Kind.TOKEN);
		assertThat(error.getStatus()).isEqualTo(403);
		assertThat(error).hasMessage("No token of registration 'feed' could be obtained (HTTP status 403)");
		authorizationServer.refuse(null);
		awaitOpen(client);
		assertThat(output).doesNotContain("answer-of-the-server").doesNotContain("password-of");
	}

	@Test
	void wrongCredentialsAreReportedWithTheStatus() {
		start("spring.security.oauth2.client.registration.feed.client-secret=wrong");
		assertThat(awaitError().getStatus()).isEqualTo(401);
	}

	@Test
	void anAuthorizationServerThatIsDownFailsTheAttempt() {
		HeartbeatClient client = start(
				"spring.security.oauth2.client.provider.feed.token-uri=http://localhost:1/token");
		HeartbeatConnectionException error = awaitError();
		assertThat(error.getKind()).isEqualTo(Kind.TOKEN);
		assertThat(error.getStatus()).isNull();
		assertThat(client.isOpen()).isFalse();
	}

	@Test
	void aRequestForATokenEndsWithTheAttempt() {
		CountDownLatch latch = authorizationServer.hang();
		HeartbeatClient client = start("heartbeat.clients.feed.connect-timeout=500ms");
		assertThat(awaitError().getKind()).isEqualTo(Kind.CONNECT_TIMEOUT);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> authorizationServer.requests() >= 3);
		latch.countDown();
		awaitOpen(client);
	}

	@Test
	void aTokenThatExpiresSoonIsFetchedForEachAttempt() {
		HeartbeatClient client = start(authorizationServer.registration("short-lived"));
		awaitOpen(client);
		client.reconnect();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.tokens.size() == 2);
		assertThat(new HashSet<>(this.tokens)).hasSize(2);
	}

	@Test
	void clientsOfARegistrationShareAToken() {
		List<String> properties = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			properties.add("heartbeat.clients.feed" + i + ".url=" + this.server.url());
			properties.add("heartbeat.clients.feed" + i + ".oauth2.client-registration-id=feed");
		}
		start(properties.toArray(String[]::new));
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.tokens.size() == 101);
		assertThat(authorizationServer.requests()).isOne();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	@ImportAutoConfiguration(OAuth2ClientAutoConfiguration.class)
	static class MinimalApplication extends Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class CompleteApplication extends Application {

	}

	static class Application {

		private final List<HeartbeatConnectionException> errors = new CopyOnWriteArrayList<>();

		@EventListener
		void error(HeartbeatErrorEvent event) {
			this.errors.add(event.getCause());
		}

	}

}
