package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import com.jayway.jsonpath.JsonPath;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health, meters and endpoint of a running application.
 */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "SERVLET", "REACTIVE" })
class ActuatorIntegrationTests {

	@Parameter
	WebApplicationType type;

	private TestServer server;

	private ConfigurableApplicationContext context;

	@BeforeEach
	void startServer() throws IOException {
		this.server = new TestServer(Behaviour.ECHO);
	}

	@AfterEach
	void stop() throws IOException {
		this.server.close();
		if (this.context != null) {
			this.context.close();
		}
	}

	private void run(String... properties) {
		this.context = new SpringApplicationBuilder(Application.class).web(this.type)
			.properties("heartbeat.clients.quotes.url=" + this.server.url(),
					"heartbeat.defaults.reconnect-timeout=100ms", "server.port=0", "server.address=127.0.0.1",
					"spring.main.banner-mode=off", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-components=always",
					"management.endpoint.health.show-details=always")
			.properties(properties)
			.run();
	}

	private HttpResponse<String> get(String path) {
		return exchange(request(path).GET().build());
	}

	private HttpResponse<String> post(String path, String body) {
		return exchange(
				request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build());
	}

	private HttpRequest.Builder request(String path) {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path));
	}

	/**
	 * Use a new connection for each request, because the server closes a connection whose
	 * request it rejected unread.
	 */
	private static HttpResponse<String> exchange(HttpRequest request) {
		try {
			return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void awaitState(String client, String state) {
		Awaitility.await().until(() -> get("heartbeat/" + client).body().contains("\"state\":\"" + state + "\""));
	}

	@Test
	void healthHasAComponentForEachClient() {
		run("heartbeat.clients.echo.url=" + this.server.url());
		awaitState("quotes", "OPEN");
		awaitState("echo", "OPEN");
		HttpResponse<String> health = get("health/heartbeat");
		assertThat(health.statusCode()).isEqualTo(200);
		assertThat(JsonPath.<String>read(health.body(), "$.status")).isEqualTo("UP");
		assertThat(JsonPath.<String>read(health.body(), "$.components.quotes.details.state")).isEqualTo("OPEN");
		assertThat(JsonPath.<String>read(health.body(), "$.components.echo.status")).isEqualTo("UP");
		assertThat(JsonPath.<String>read(get("health/heartbeat/quotes").body(), "$.details.url"))
			.isEqualTo(this.server.url());
		assertThat(JsonPath.<String>read(get("health/heartbeat/quotes").body(), "$.details.since"))
			.matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
		assertThat(JsonPath.<String>read(get("health").body(), "$.components.heartbeat.status")).isEqualTo("UP");
	}

	@Test
	void healthIsDownWhenAClientGaveUp() throws IOException {
		this.server.refuse();
		run("heartbeat.clients.quotes.repeat-limit=0");
		awaitState("quotes", "EXHAUSTED");
		HttpResponse<String> health = get("health/heartbeat");
		assertThat(health.statusCode()).isEqualTo(503);
		assertThat(JsonPath.<String>read(health.body(), "$.components.quotes.details.lastError.kind"))
			.isEqualTo("CONNECT");
	}

	@Test
	void theComponentIsThereWhileThereAreClients() {
		run();
		HeartbeatClients clients = this.context.getBean(HeartbeatClients.class);
		clients.create("late", HeartbeatClientSettings.builder(this.server.url()).build());
		awaitState("late", "OPEN");
		assertThat(JsonPath.<String>read(get("health/heartbeat/late").body(), "$.status")).isEqualTo("UP");
		clients.remove("late");
		assertThat(get("health/heartbeat/late").statusCode()).isEqualTo(404);
		assertThat(get("health/heartbeat").statusCode()).isEqualTo(200);
		clients.remove("quotes");
		assertThat(get("health/heartbeat").statusCode()).isEqualTo(404);
		assertThat(get("health").body()).doesNotContain("\"heartbeat\"");
	}

	@Test
	void healthIsNotPartOfReadinessUnlessItIsPutThere() throws IOException {
		this.server.refuse();
		run("heartbeat.clients.quotes.repeat-limit=0", "management.endpoint.health.probes.enabled=true");
		awaitState("quotes", "EXHAUSTED");
		assertThat(get("health/heartbeat").statusCode()).isEqualTo(503);
		HttpResponse<String> readiness = get("health/readiness");
		assertThat(readiness.statusCode()).isEqualTo(200);
		assertThat(readiness.body()).contains("\"status\":\"UP\"");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void healthCanBePartOfReadiness(boolean lazy) {
		run("spring.main.lazy-initialization=" + lazy, "management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.group.readiness.include=readinessState,heartbeat");
		awaitState("quotes", "OPEN");
		assertThat(JsonPath.<String>read(get("health/readiness").body(), "$.components.heartbeat.status"))
			.isEqualTo("UP");
	}

	@Test
	void theEndpointShowsAllClientsAndOneWithItsTransitions() {
		run("heartbeat.clients.echo.url=" + this.server.url(), "heartbeat.clients.echo.group=fleet",
				"heartbeat.clients.echo.auto-startup=false");
		awaitState("quotes", "OPEN");
		String all = get("heartbeat").body();
		assertThat(JsonPath.<String>read(all, "$.clients.quotes.state")).isEqualTo("OPEN");
		assertThat(JsonPath.<String>read(all, "$.clients.quotes.group")).isEqualTo("quotes");
		assertThat(JsonPath.<Boolean>read(all, "$.clients.quotes.compressed")).isFalse();
		assertThat(JsonPath.<String>read(all, "$.clients.echo.state")).isEqualTo("STOPPED");
		assertThat(JsonPath.<String>read(all, "$.clients.echo.group")).isEqualTo("fleet");
		String one = get("heartbeat/quotes").body();
		assertThat(JsonPath.<Object>read(one, "$.transitions[*].state"))
			.isEqualTo(JsonPath.read("[\"CONNECTING\", \"OPEN\"]", "$"));
		assertThat(JsonPath.<String>read(one, "$.settings['ping-timeout']")).isEqualTo("15s");
		assertThat(JsonPath.<Boolean>read(one, "$.settings['ping-always']")).isFalse();
		assertThat(JsonPath.<String>read(one, "$.settings.url")).isEqualTo(this.server.url());
		assertThat(get("heartbeat/nobody").statusCode()).isEqualTo(404);
	}

	@Test
	void theEndpointIsReadOnlyUnlessAccessIsGranted() {
		run();
		assertThat(post("heartbeat/quotes", "{\"action\":\"close\"}").statusCode()).isEqualTo(405);
		awaitState("quotes", "OPEN");
	}

	@Test
	void whereAccessIsGrantedTheEndpointOpensClosesAndReconnects() {
		run("management.endpoint.heartbeat.access=unrestricted");
		awaitState("quotes", "OPEN");
		HttpResponse<String> closed = post("heartbeat/quotes", "{\"action\":\"close\"}");
		assertThat(closed.statusCode()).isEqualTo(200);
		assertThat(JsonPath.<String>read(closed.body(), "$.state")).isEqualTo("STOPPED");
		post("heartbeat/quotes", "{\"action\":\"open\"}");
		awaitState("quotes", "OPEN");
		post("heartbeat/quotes", "{\"action\":\"reconnect\"}");
		awaitState("quotes", "OPEN");
		String quotes = get("heartbeat/quotes").body();
		assertThat(JsonPath.<Integer>read(quotes, "$.client.reconnects")).isEqualTo(1);
		assertThat(JsonPath.<Integer>read(quotes, "$.client.lastClose.code")).isEqualTo(1000);
		assertThat(post("heartbeat/nobody", "{\"action\":\"close\"}").statusCode()).isEqualTo(404);
	}

	@Test
	void thePathAloneDecidesWhichClientIsMeant() {
		run("heartbeat.clients.echo.url=" + this.server.url(), "management.endpoint.heartbeat.access=unrestricted");
		awaitState("quotes", "OPEN");
		awaitState("echo", "OPEN");
		"""
				heartbeat/quotes                   | {"name":"echo","action":"close"}     | 400
				heartbeat/quotes                   | {"name":"quotes","action":"close"}   | 400
				heartbeat/quotes                   | {"name":null,"action":"close"}       | 400
				heartbeat/quotes?name=echo         | {"action":"close"}                   | 400
				heartbeat/quotes?name=quotes       | {"action":"close"}                   | 400
				heartbeat/quotes?name=             | {"action":"close"}                   | 400
				heartbeat/quotes?name=echo&name=x  | {"action":"close"}                   | 400
				heartbeat/quotes?name=echo         |                                      | 400
				heartbeat/quotes?name=echo&name=x  |                                      | 400
				heartbeat/nobody                   | {"name":"echo","action":"close"}     | 400
				heartbeat/nobody?name=echo         | {"action":"close"}                   | 400
				heartbeat/nobody?name=echo         |                                      | 400
				heartbeat/quotes/echo              | {"action":"close"}                   | 404
				heartbeat/quotes/echo              |                                      | 404
				heartbeat/nobody                   | {"action":"close"}                   | 404
				heartbeat/nobody                   |                                      | 404
				""".lines().forEach(this::assertThatThePathAloneDecides);
		String all = get("heartbeat").body();
		assertThat(JsonPath.<String>read(all, "$.clients.quotes.state")).isEqualTo("OPEN");
		assertThat(JsonPath.<String>read(all, "$.clients.echo.state")).isEqualTo("OPEN");
	}

	private void assertThatThePathAloneDecides(String row) {
		String[] columns = row.strip().split("\\s*\\|\\s*");
		HttpResponse<String> response = columns[1].isEmpty() ? get(columns[0]) : post(columns[0], columns[1]);
		assertThat(response.statusCode()).as(row).isEqualTo(Integer.parseInt(columns[2]));
		if (response.statusCode() == 400) {
			assertThat(JsonPath.<String>read(response.body(), "$.error")).as(row).contains("name");
		}
	}

	@Test
	void everyAnswerNamesItsClient() {
		run("management.endpoint.heartbeat.access=unrestricted");
		awaitState("quotes", "OPEN");
		assertThat(JsonPath.<String>read(get("heartbeat").body(), "$.clients.quotes.name")).isEqualTo("quotes");
		assertThat(JsonPath.<String>read(get("heartbeat/quotes").body(), "$.client.name")).isEqualTo("quotes");
		assertThat(JsonPath.<String>read(post("heartbeat/quotes", "{\"action\":\"close\"}").body(), "$.name"))
			.isEqualTo("quotes");
	}

	@Test
	void theEndpointIsAnMBeanAsWell() throws Exception {
		run("heartbeat.clients.echo.url=" + this.server.url(), "management.endpoint.heartbeat.access=unrestricted",
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=heartbeat",
				"management.endpoints.jmx.domain=" + getClass().getSimpleName(), "spring.jmx.unique-names=true");
		awaitState("quotes", "OPEN");
		MBeanServer beans = this.context.getBean(MBeanServer.class);
		ObjectName name = beans
			.queryNames(new ObjectName(getClass().getSimpleName() + ":type=Endpoint,name=Heartbeat,*"), null)
			.iterator()
			.next();
		assertThat(beans.invoke(name, "client", new Object[] { "quotes" }, new String[] { String.class.getName() }))
			.asString()
			.contains("OPEN", "name=quotes");
		assertThat(beans.invoke(name, "act", new Object[] { "quotes", "close" },
				new String[] { String.class.getName(), String.class.getName() }))
			.asString()
			.contains("STOPPED");
		assertThat(get("heartbeat/echo").body()).contains("\"state\":\"OPEN\"");
	}

	/**
	 * WebFlux on Tomcat loses about one in thirty error responses that an endpoint
	 * throws.
	 */
	@Test
	void aBadActionIsAlwaysRefusedWithTheReason() {
		run("management.endpoint.heartbeat.access=unrestricted");
		for (int i = 0; i < 100; i++) {
			HttpResponse<String> refused = post("heartbeat/quotes", (i % 2 == 0) ? "{\"action\":\"explode\"}" : "{}");
			assertThat(refused.statusCode()).isEqualTo(400);
			assertThat(JsonPath.<String>read(refused.body(), "$.error")).contains("open", "close", "reconnect");
		}
		awaitState("quotes", "OPEN");
	}

	@Test
	void prometheusScrapesTheMeters() {
		run("heartbeat.clients.quotes.ping-timeout=50ms");
		awaitState("quotes", "OPEN");
		Awaitility.await()
			.until(() -> !get("prometheus").body()
				.contains("heartbeat_client_rtt_seconds_count{client=\"quotes\"} 0\n"));
		String text = get("prometheus").body();
		assertThat(text).contains("heartbeat_client_open{client=\"quotes\"} 1.0",
				"heartbeat_client_connect_seconds_count{client=\"quotes\",outcome=\"success\"} 1",
				"heartbeat_client_reconnects_total{cause=\"server\",client=\"quotes\"} 0.0",
				"heartbeat_client_disconnects_total{client=\"quotes\",initiator=\"heartbeat\"} 0.0",
				"heartbeat_client_uptime_seconds{client=\"quotes\"} ",
				"heartbeat_client_pings_total{client=\"quotes\"} ",
				"heartbeat_client_timeouts_total{client=\"quotes\"} 0.0",
				"heartbeat_client_messages_total{client=\"quotes\",direction=\"in\"} ",
				"heartbeat_client_send_pending{client=\"quotes\"} 0.0",
				"heartbeat_client_send_failures_total{client=\"quotes\",reason=\"queue_full\"} 0.0",
				"heartbeat_client_exhausted_total{client=\"quotes\"} 0.0");
		this.context.getBean(HeartbeatClients.class).remove("quotes");
		Awaitility.await().untilAsserted(() -> assertThat(get("prometheus").body()).doesNotContain("heartbeat_client"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
