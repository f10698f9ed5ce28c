package io.github.heartbeat.demo;

import java.time.Duration;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.test.web.servlet.client.StatusAssertions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Injects every fault on real sockets and verifies that the clients recover without
 * intervention.
 */
@SpringBootTest(webEnvironment = WebEnvironment.DEFINED_PORT,
		properties = { "heartbeat.defaults.ping-timeout=500ms", "heartbeat.defaults.pong-timeout=500ms",
				"heartbeat.defaults.reconnect-timeout=200ms", "heartbeat.defaults.close-timeout=500ms",
				"demo.slow-answer=200ms" })
@Import(HookLog.class)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class DemoApplicationIntegrationTests {

	@Autowired
	private HookLog log;

	@Autowired
	private HeartbeatClients clients;

	@Autowired
	private Faults faults;

	@Value("${server.port}")
	private int port;

	private RestTestClient http;

	@DynamicPropertySource
	static void freePort(DynamicPropertyRegistry registry) {
		int port = TestSocketUtils.findAvailableTcpPort();
		registry.add("server.port", () -> port);
	}

	/**
	 * The attempt counter keeps increasing until a connection is proven.
	 */
	@BeforeEach
	void backToNormal() {
		this.http = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
		ask("normal").expectStatus().isOk();
		Awaitility.await("clients to be open and proven")
			.atMost(Duration.ofSeconds(15))
			.until(() -> this.clients.getAll()
				.values()
				.stream()
				.allMatch((client) -> client.isOpen() && client.getRepeat() == 0));
		Awaitility.await("dead connections to be found").until(() -> this.faults.connections() == 2);
		this.log.clear();
	}

	private ResponseSpec ask(String fault) {
		return this.http.post().uri("/faults/" + fault).exchange();
	}

	private void expectOfBoth(String... beginnings) {
		this.log.await("feed", beginnings);
		this.log.await("echo", beginnings);
	}

	@Test
	void feedSendsPricesAndHidesAnswersWhileEchoShowsThem() {
		this.log.await("feed", "MESSAGE {\"symbol\"", "MESSAGE {\"symbol\"");
		this.log.await("echo", "MESSAGE heartbeat");
		assertThat(this.log.lines()).noneMatch((line) -> !line.contains(" MESSAGE "))
			.doesNotContain("feed MESSAGE heartbeat");
	}

	@Test
	void dropLosesBothConnectionsWithoutCloseFrame(CapturedOutput output) {
		ask("drop").expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((answer) -> assertThat(answer).contains("dropped").contains("OPEN about 0.2 s later"));
		expectOfBoth("ERROR CONNECTION_LOST", "CLOSE 1006 TRANSPORT", "RECONNECT 1", "OPEN again", "MESSAGE");
		assertThat(output.getOut())
			.containsPattern("(?m)^\\d\\d:\\d\\d:\\d\\d\\.\\d{3}  echo    CLOSE      1006 by TRANSPORT$")
			.containsPattern("(?m)  feed    RECONNECT  attempt 1 in 0\\.2 s, because the connection was lost")
			.doesNotContain("\tat ", "Exception");
	}

	@Test
	void silentEndsByItself(CapturedOutput output) {
		ask("silent?for=4s").expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((answer) -> assertThat(answer).contains("For 4.0 s", "0.5 s (ping-timeout)"));
		describe("Now: silent until ");
		expectOfBoth("CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again", "CLOSE 1006 HEARTBEAT", "RECONNECT 2",
				"OPEN again", "MESSAGE");
		describe("Now: normal, with 2 connections.");
		assertThat(output.getOut()).contains("server  normal     the time of silent is up")
			.doesNotContain("\tat ", "Exception");
	}

	private void describe(String beginning) {
		this.http.get()
			.uri("/faults")
			.accept(MediaType.ALL)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((answer) -> assertThat(answer).startsWith(beginning)
				.contains("/faults/drop", "/faults/silent", "/faults/freeze", "/faults/refuse", "/faults/normal"));
	}

	@Test
	void freezeLeavesNewConnectionsNormal(CapturedOutput output) {
		ask("freeze").expectStatus().isOk();
		expectOfBoth("CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again", "MESSAGE");
		assertThat(this.faults.connections()).as("the frozen ones are not closed").isEqualTo(4);
		ask("normal").expectStatus().isOk();
		Awaitility.await("dead connections to be found").until(() -> this.faults.connections() == 2);
		assertThat(this.log.lines()).filteredOn((line) -> line.contains("OPEN again")).hasSize(2);
		assertThat(output.getOut()).doesNotContain("\tat ", "Exception");
	}

	@Test
	void refuseAnswersHandshakesWith503AndEndsByItself(CapturedOutput output) {
		ask("refuse?for=1s").expectStatus().isOk();
		expectOfBoth("ERROR CONNECTION_LOST", "CLOSE 1006 TRANSPORT", "RECONNECT 1", "ERROR HANDSHAKE_REFUSED 503",
				"RECONNECT 2", "OPEN again", "MESSAGE");
		assertThat(output.getOut()).contains("ERROR      HANDSHAKE_REFUSED: ").doesNotContain("\tat ", "Exception");
	}

	@Test
	void normalEndsRefuseAtOnce() {
		ask("refuse?for=1h").expectStatus().isOk();
		expectOfBoth("ERROR HANDSHAKE_REFUSED 503");
		ask("normal").expectStatus().isOk();
		expectOfBoth("OPEN again");
	}

	@Test
	void faultIsNotEndedByTheTimeOfTheOneBefore(CapturedOutput output) {
		ask("silent?for=1s").expectStatus().isOk();
		ask("refuse?for=2s").expectStatus().isOk();
		expectOfBoth("ERROR HANDSHAKE_REFUSED 503", "OPEN again", "MESSAGE");
		assertThat(output.getOut()).contains("the time of refuse is up").doesNotContain("the time of silent is up");
	}

	@Test
	void unknownFaultIsNotFound() {
		ask("earthquake").expectStatus()
			.isNotFound()
			.expectBody(String.class)
			.value((answer) -> assertThat(answer).contains("no such fault", "/faults/freeze"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0s", "-1s", "2h", "soon", "99999999999999999999d" })
	void badTimeIsRefused(String time) {
		ask("silent?for=" + time).expectStatus().isBadRequest();
		describe("Now: normal");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://example.com", "https://127.0.0.1", "null", "%" })
	void pagesOfOtherSitesMayNotAskForAnything(String origin) {
		for (String path : List.of("/faults/refuse", "/actuator/heartbeat/echo", "/clients/echo/messages")) {
			this.http.post().uri(path).header("Origin", origin).exchange().expectStatus().isForbidden();
		}
		describe("Now: normal");
	}

	@Test
	void slowAnswersLateAndCostsNothing() {
		ask("slow?for=3s").expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((answer) -> assertThat(answer).contains("answers take 0.2 s", "no reconnect"));
		this.log.clear();
		this.log.await("echo", "MESSAGE heartbeat", "MESSAGE heartbeat");
		this.log.await("feed", "MESSAGE {\"symbol\"");
		assertThat(this.log.lines()).allMatch((line) -> line.contains(" MESSAGE "));
		assertThat(this.clients.get("feed").getRepeat()).isZero();
	}

	@Test
	void thePageLearnsWhatThereIs() {
		ask("silent?for=1h").expectStatus().isOk();
		this.http.get()
			.uri("/faults.json")
			.exchange()
			.expectBody()
			.jsonPath("$.now.fault")
			.isEqualTo("silent")
			.jsonPath("$.now.until")
			.isNotEmpty()
			.jsonPath("$.faults[*].name")
			.isEqualTo(List.of("drop", "silent", "slow", "freeze", "refuse", "normal"))
			.jsonPath("$.faults[0].forecast")
			.value((String forecast) -> assertThat(forecast).contains("expect ERROR, CLOSE 1006"));
	}

	@Test
	void aMessageIsSentOrTheReasonIsGiven() {
		send("echo", "hello").isOk();
		this.log.await("echo", "MESSAGE hello");
		send("nobody", "hello").isNotFound();
		this.clients.get("echo").close();
		send("echo", "hello").isEqualTo(HttpStatus.CONFLICT);
		this.clients.get("echo").open();
	}

	private StatusAssertions send(String client, String text) {
		return this.http.post()
			.uri("/clients/" + client + "/messages")
			.contentType(MediaType.TEXT_PLAIN)
			.body(text)
			.exchange()
			.expectStatus();
	}

	@Test
	void pagesOfThisServerMayAskForFaults() {
		this.http.post()
			.uri("/faults/normal")
			.header("Origin", "http://127.0.0.1:" + this.port)
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.OK);
	}

	private String get(String path) {
		return this.http.get().uri(path).exchange().expectBody(String.class).returnResult().getResponseBody();
	}

	@Test
	void anOperatorSeesBothClients() {
		assertThat(get("/actuator/health/heartbeat")).contains("\"feed\":{", "\"echo\":{", "\"state\":\"OPEN\"");
		assertThat(get("/actuator/heartbeat/feed")).contains("\"url\":\"ws://127.0.0.1:" + this.port + "/feed\"");
		assertThat(get("/actuator/prometheus")).contains("heartbeat_client_open{client=\"feed\"} 1.0",
				"heartbeat_client_open{client=\"echo\"} 1.0");
	}

	@Test
	void anOperatorMayReconnect() {
		this.http.post()
			.uri("/actuator/heartbeat/echo")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"action\":\"reconnect\"}")
			.exchange()
			.expectStatus()
			.isOk();
		this.log.await("echo", "CLOSE 1000 CLIENT", "RECONNECT 1", "OPEN again");
	}

	/**
	 * The server belongs to the application. The first attempts succeed because the
	 * server already runs, and closes are answered long before close-timeout because it
	 * still runs.
	 */
	@Test
	void clientsStartAfterTheServerAndStopBeforeIt() {
		long stopping;
		HookLog log;
		try (ConfigurableApplicationContext other = new SpringApplicationBuilder(DemoApplication.class, HookLog.class)
			.run("--server.port=" + TestSocketUtils.findAvailableTcpPort(), "--heartbeat.defaults.close-timeout=20s")) {
			log = other.getBean(HookLog.class);
			log.await("feed", "OPEN");
			log.await("echo", "OPEN");
			stopping = System.nanoTime();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(10));
		assertThat(log.lines()).noneMatch((line) -> line.contains("ERROR"))
			.contains("feed CLOSE 1001 CLIENT", "echo CLOSE 1001 CLIENT");
	}

	@Test
	void feedMayWatchAnotherServerAndShutdownWaitsForNoFrozenConnection() {
		String url = "ws://127.0.0.1:" + this.port + "/feed";
		try (ConfigurableApplicationContext other = new SpringApplicationBuilder(DemoApplication.class).run(
				"--server.port=" + TestSocketUtils.findAvailableTcpPort(), "--heartbeat.clients.feed.url=" + url,
				"--heartbeat.defaults.close-timeout=500ms")) {
			HeartbeatClient feed = other.getBean("feed", HeartbeatClient.class);
			HeartbeatClient echo = other.getBean("echo", HeartbeatClient.class);
			Awaitility.await().until(() -> feed.isOpen() && echo.isOpen());
			assertThat(feed.getSettings().getUrl()).hasToString(url);
			assertThat(this.faults.connections()).isEqualTo(3);
			other.getBean(Faults.class).begin(Fault.FREEZE, Duration.ZERO);
		}
		Awaitility.await().until(() -> this.faults.connections() == 2);
	}

}
