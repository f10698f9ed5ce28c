package io.github.heartbeat.autoconfigure.oauth2;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Spring Authorization Server with two clients.
 */
final class AuthorizationServer implements AutoCloseable {

	private final ServletWebServerApplicationContext context;

	AuthorizationServer() {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--spring.main.banner-mode=off",
				"--spring.autoconfigure.exclude=", "--heartbeat.enabled=false"));
		arguments.addAll(client("feed", "1h"));
		arguments.addAll(client("short-lived", "30s"));
		this.context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.run(arguments.toArray(String[]::new));
	}

	private static List<String> client(String id, String tokenLife) {
		String key = "--spring.security.oauth2.authorizationserver.client." + id + ".";
		return List.of(key + "registration.client-id=" + id, key + "registration.client-secret={noop}password-of-" + id,
				key + "registration.client-authentication-methods=client_secret_basic",
				key + "registration.authorization-grant-types=client_credentials",
				key + "token.access-token-time-to-live=" + tokenLife);
	}

	/**
	 * Return the properties of the registration {@code feed} of an application.
	 * @param client the client of this server: {@code feed}, or {@code short-lived},
	 * whose tokens live for 30 seconds
	 */
	String[] registration(String client) {
		return new String[] { "spring.security.oauth2.client.registration.feed.client-id=" + client,
				"spring.security.oauth2.client.registration.feed.client-secret=password-of-" + client,
				"spring.security.oauth2.client.registration.feed.authorization-grant-type=client_credentials",
				"spring.security.oauth2.client.provider.feed.token-uri=http://localhost:"
						+ this.context.getWebServer().getPort() + "/oauth2/token" };
	}

	/**
	 * Forget the requests and answer with tokens.
	 */
	void reset() {
		Faults faults = filter();
		faults.latch.countDown();
		faults.requests.set(0);
		faults.status = null;
	}

	/**
	 * Return how many requests have arrived.
	 */
	int requests() {
		return filter().requests.get();
	}

	/**
	 * Answer with a status and a text instead of a token, or with tokens again.
	 */
	void refuse(Integer status) {
		filter().status = status;
	}

	/**
	 * Leave requests unanswered until the result is counted down.
	 */
	CountDownLatch hang() {
		CountDownLatch latch = new CountDownLatch(1);
		filter().latch = latch;
		return latch;
	}

	private Faults filter() {
		return this.context.getBean(Faults.class);
	}

	@Override
	public void close() {
		filter().latch.countDown();
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Faults faults() {
			return new Faults();
		}

	}

	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Faults extends OncePerRequestFilter {

		private final AtomicInteger requests = new AtomicInteger();

		private volatile Integer status;

		private volatile CountDownLatch latch = new CountDownLatch(0);

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			this.requests.incrementAndGet();
			try {
				if (!this.latch.await(60, TimeUnit.SECONDS)) {
					throw new IllegalStateException("Still hanging");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (this.status != null) {
				response.setStatus(this.status);
				response.setContentType("application/json");
				response.getWriter().write("{\"error\":\"answer-of-the-server\"}");
				return;
			}
			chain.doFilter(request, response);
		}

	}

}
