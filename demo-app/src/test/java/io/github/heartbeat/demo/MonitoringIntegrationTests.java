package io.github.heartbeat.demo;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.heartbeat.demo.dashboard.Browser;
import io.github.heartbeat.demo.replica.Replicas;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the Grafana dashboard and the alert rules with a Prometheus that scrapes two
 * replicas of the demo, and writes the pictures of the guide. Needs an installed
 * Prometheus with its classic pages, as in Debian, and a browser.
 */
@Timeout(300)
@EnabledIfSystemProperty(named = "heartbeat.prometheus", matches = "required")
class MonitoringIntegrationTests {

	private static final Path MONITORING = Path.of("..", "heartbeat-spring-boot-starter", "monitoring");

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final String RATE_INTERVAL = "30s";

	/** Comparison with a threshold, which is not met while nothing is wrong. */
	private static final Pattern THRESHOLD = Pattern.compile(" (==|>|>=) \\d+");

	private final JsonMapper json = new JsonMapper();

	private final HttpClient http = HttpClient.newHttpClient();

	private final int port = FreePort.find();

	@TempDir
	private Path directory;

	@Test
	void everyExpressionReturnsDataAndTheAlertOfAFrozenServerFires() throws Exception {
		try (Browser browser = Browser.open();
				Replicas replicas = new Replicas(this.directory, 2,
						"--management.metrics.distribution.percentiles-histogram.heartbeat.client.rtt=true",
						"--heartbeat.defaults.observation.messages=true", "--heartbeat.defaults.reconnect-timeout=10s",
						"--heartbeat.clients.local.leader.enabled=false",
						"--heartbeat.clients.local.url=ws://127.0.0.1:${server.port}/echo")) {
			replicas.awaitLeader(replicas.all());
			Process prometheus = startPrometheus(replicas);
			try {
				Awaitility.await()
					.atMost(LONG)
					.ignoreExceptionsInstanceOf(IOException.class)
					.until(() -> !get("rules").path("groups").isEmpty());
				List<String> expressions = expressions();
				assertThat(expressions).hasSizeGreaterThan(20);
				for (String expression : expressions) {
					Awaitility.await(expression).atMost(LONG).until(() -> !query(expression).isEmpty());
				}
				assertThat(firing()).isEmpty();
				replicas.server().post("faults/freeze");
				awaitAlert(browser);
				writeAlerts(browser);
				writeGraphs(browser);
			}
			finally {
				prometheus.destroyForcibly().waitFor();
			}
		}
	}

	/**
	 * Start Prometheus with the rules, whose alerts fire after two seconds instead of
	 * minutes.
	 */
	private Process startPrometheus(Replicas replicas) throws IOException {
		String rules = Files.readString(MONITORING.resolve("heartbeat-alerts.yml")).replaceAll("for: \\dm", "for: 2s");
		Files.writeString(this.directory.resolve("rules.yml"), rules);
		String targets = String.join(", ",
				replicas.all().stream().map((replica) -> "'127.0.0.1:" + replica.port() + "'").toList());
		Files.writeString(this.directory.resolve("prometheus.yml"), """
				global: {scrape_interval: 1s, evaluation_interval: 1s}
				rule_files: [rules.yml]
				scrape_configs:
				  - job_name: demo
				    metrics_path: /actuator/prometheus
				    static_configs: [{targets: [%s]}]
				""".formatted(targets));
		return new ProcessBuilder("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
				"--web.listen-address=127.0.0.1:" + this.port)
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("prometheus.log").toFile())
			.start();
	}

	/**
	 * Return the expressions of the dashboard and of the rules, without thresholds.
	 */
	private List<String> expressions() throws Exception {
		List<String> expressions = new ArrayList<>();
		dashboard().findValuesAsString("expr")
			.forEach((expression) -> expressions
				.add(withoutThreshold(expression.replace("$__rate_interval", RATE_INTERVAL)
					.replace("$job", ".*")
					.replace("$client", ".*"))));
		for (JsonNode group : get("rules").path("groups")) {
			for (JsonNode rule : group.path("rules")) {
				expressions.add(withoutThreshold(rule.path("query").asString()));
			}
		}
		return expressions;
	}

	private JsonNode dashboard() {
		return this.json.readTree(MONITORING.resolve("heartbeat-dashboard.json").toFile());
	}

	private static String withoutThreshold(String expression) {
		return THRESHOLD.matcher(expression).replaceAll("");
	}

	/**
	 * Write a picture of series of the dashboard. The controls of the page are hidden.
	 */
	private void writeGraphs(Browser browser) throws Exception {
		List<String> titles = List.of("State", "Reconnects by cause");
		StringBuilder page = new StringBuilder("graph?");
		for (int i = 0; i < titles.size(); i++) {
			page.append("g%d.tab=0&g%d.range_input=30s&g%d.expr=".formatted(i, i, i))
				.append(encode(expression(titles.get(i))))
				.append('&');
		}
		show(browser, page.toString(), 1250, """
				body { padding-top: 15px !important }
				nav, .query-history, .form-inline, .nav-tabs, .graph_container .clearfix, .eval_stats, [name=remove],
				#add_graph { display: none !important }""");
		Browser.until(() -> assertThat(browser.driver().findElements(By.cssSelector(".legend"))).hasSize(titles.size())
			.allSatisfy((legend) -> assertThat(legend.getText()).isNotBlank()));
		browser.writeScreenshot(Path.of("target", "monitoring-graphs.png"));
	}

	/**
	 * Return the expression of a panel of the dashboard, for all clients of all jobs.
	 */
	private String expression(String title) {
		for (JsonNode panel : dashboard().path("panels")) {
			if (panel.path("title").asString().equals(title)) {
				return panel.path("targets")
					.path(0)
					.path("expr")
					.asString()
					.replace("{job=~\"$job\", client=~\"$client\"}", "")
					.replace("$__rate_interval", RATE_INTERVAL);
			}
		}
		throw new IllegalArgumentException("No panel " + title);
	}

	/**
	 * Load the page of alerts until one fires. It shows the moment of the request, so the
	 * alert stays on the page when it has ended.
	 */
	private void awaitAlert(Browser browser) {
		By firing = By.cssSelector(".alert-danger.alert_header b");
		Awaitility.await().atMost(LONG).until(() -> {
			show(browser, "alerts", 890, "");
			return !browser.driver().findElements(firing).isEmpty();
		});
		assertThat(browser.driver().findElements(firing)).extracting(WebElement::getText)
			.containsExactly("HeartbeatLedClientDown");
	}

	/**
	 * Write a picture of the alerts, with the details of the one that fires.
	 */
	private void writeAlerts(Browser browser) {
		browser.driver().findElement(By.cssSelector(".alert-danger.alert_header")).click();
		browser.driver().findElement(By.cssSelector("div.show-annotations")).click();
		Browser.until(() -> assertThat(browser.driver().findElement(By.tagName("body")).getText())
			.contains("is connected on no replica"));
		browser.writeScreenshot(Path.of("target", "monitoring-alerts.png"));
	}

	/**
	 * Load a page of Prometheus.
	 * @param style additional styles of the page
	 */
	private void show(Browser browser, String page, int height, String style) {
		browser.emulate("setDeviceMetricsOverride",
				Map.of("width", 900, "height", height, "deviceScaleFactor", 1, "mobile", false));
		browser.driver().get("http://127.0.0.1:" + this.port + "/classic/" + page);
		browser.driver().executeScript("""
				const style = document.createElement('style');
				style.textContent = 'body { overflow: hidden }' + arguments[0];
				document.head.append(style);""", style);
	}

	private JsonNode query(String expression) throws IOException, InterruptedException {
		return get("query?query=" + encode(expression)).path("result");
	}

	private static String encode(String expression) {
		return URLEncoder.encode(expression, StandardCharsets.UTF_8);
	}

	private List<String> firing() throws IOException, InterruptedException {
		return Stream.of(get("alerts").path("alerts"))
			.flatMap((alerts) -> alerts.valueStream())
			.filter((alert) -> alert.path("state").asString().equals("firing"))
			.map((alert) -> alert.path("labels").path("alertname").asString())
			.distinct()
			.toList();
	}

	private JsonNode get(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/api/v1/" + path))
			.build();
		HttpResponse<String> response = this.http.send(request, BodyHandlers.ofString());
		if (response.statusCode() == 503) {
			throw new IOException("Prometheus is still starting");
		}
		JsonNode answer = this.json.readTree(response.body());
		assertThat(answer.path("status").asString()).as(answer::toString).isEqualTo("success");
		return answer.path("data");
	}

}
