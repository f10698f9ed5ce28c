package io.github.heartbeat.demo;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
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
				"heartbeat.defaults.connect-timeout=3s", "demo.login-time=100ms", "demo.slow-answer=200ms" })
@Import(HookLog.class)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class DemoApplicationIntegrationTests {

	private static final String LOGIN = "{\"type\":\"login\",\"token\":\"demo\"}";

	private static final String QUOTE_OF_EUR = "MESSAGE {\"type\":\"quote\",\"symbol\":\"EUR\"";

	private static final String QUOTE_OF_USD = "MESSAGE {\"type\":\"quote\",\"symbol\":\"USD\"";

	@Autowired
	private HookLog log;

	@Autowired
	private HeartbeatClients clients;

	@Autowired
	private QuoteListener quotes;

	@Autowired
	private Faults faults;

	@Autowired
	private ApplicationContext context;

	@Value("${server.port}")
	private int port;

	private RestTestClient http;

	@DynamicPropertySource
	static void freePort(DynamicPropertyRegistry registry) {
		int port = FreePort.find();
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
	void withoutTheProfilesOfReplicasThereIsNoDatabase() {
		assertThat(this.context.getBeanDefinitionNames()).noneMatch((name) -> name.matches(
				"org\\.springframework\\.boot\\.(jdbc|sql|transaction|persistence)\\..*|.*([dD]ataSource|[tT]ransaction"
						+ "|[rR]eplica|[dD]atabase).*"));
		this.http.get().uri("/actuator/health").exchange().expectBody().jsonPath("$.components.db").doesNotExist();
		this.http.post().uri("/replica/kill").exchange().expectStatus().isNotFound();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\":\"subscribe\",\"symbol\":\"EUR\"}", "{\"type\":\"login\",\"token\":\"wrong\"}",
			"{\"type\":\"login\"}", "{\"type\":\"logout\"}", "{", "null", "heartbeat" })
	void anythingBeforeTheRightLoginClosesTheConnection(String text) throws Exception {
		try (FeedConnection connection = new FeedConnection(this.port)) {
			connection.send(text);
			assertThat(connection.next()).isEqualTo("CLOSE 4401");
		}
	}

	@Test
	void aMessageBeforeTheLoginIsAcknowledgedClosesTheConnection() throws Exception {
		int otherPort = FreePort.find();
		try (ConfigurableApplicationContext other = new SpringApplicationBuilder(DemoApplication.class)
			.run("--server.port=" + otherPort, "--demo.login-time=1h", "--heartbeat.defaults.auto-startup=false");
				FeedConnection connection = new FeedConnection(otherPort)) {
			assertThat(other.isActive()).isTrue();
			connection.send(LOGIN);
			connection.send("heartbeat");
			assertThat(connection.next()).isEqualTo("CLOSE 4401");
		}
	}

	@Test
	void aSlowServerAcknowledgesALoginLater() throws Exception {
		this.faults.begin(Fault.SLOW, Duration.ofMinutes(1));
		try (FeedConnection connection = new FeedConnection(this.port)) {
			long sending = System.nanoTime();
			connection.send(LOGIN);
			assertThat(connection.next()).isEqualTo("{\"type\":\"welcome\"}");
			assertThat(Duration.ofNanos(System.nanoTime() - sending)).as("login-time and slow-answer")
				.isGreaterThanOrEqualTo(Duration.ofMillis(300));
		}
	}

	@Test
	void quotesAreSentForSubscribedSymbolsOnly() throws Exception {
		try (FeedConnection connection = new FeedConnection(this.port)) {
			connection.send(LOGIN);
			assertThat(connection.next()).isEqualTo("{\"type\":\"welcome\"}");
			this.log.clear();
			this.log.await("feed", QUOTE_OF_EUR, QUOTE_OF_EUR);
			connection.send("{\"type\":\"subscribe\",\"symbol\":\"NONE\"}");
			connection.send("{\"type\":\"subscribe\"}");
			connection.send("nonsense");
			connection.send("heartbeat");
			assertThat(connection.next()).as("nothing was subscribed before").isEqualTo("heartbeat");
			connection.send("{\"type\":\"subscribe\",\"symbol\":\"GBP\"}");
			assertThat(connection.next()).matches("\\{\"type\":\"quote\",\"symbol\":\"GBP\",\"price\":\\d\\.\\d{4}}");
			assertThat(connection.next()).contains("\"symbol\":\"GBP\"");
			connection.send("{\"type\":\"unsubscribe\",\"symbol\":\"GBP\"}");
			connection.send("{\"type\":\"subscribe\",\"symbol\":\"USD\"}");
			String quote = connection.next();
			while (!quote.contains("\"USD\"")) {
				quote = connection.next();
			}
			assertThat(connection.next()).contains("\"USD\"");
			assertThat(connection.next()).contains("\"USD\"");
		}
	}

	@Test
	void theQuotesOfBothSymbolsReachTheListener() {
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.quotes.quotes()).extracting(Quote::symbol).containsExactly("EUR", "USD"));
		assertThat(this.quotes.quotes())
			.allSatisfy((quote) -> assertThat(quote.price()).isBetween(BigDecimal.valueOf(0.5), BigDecimal.valueOf(2)));
		assertThat(get("/quotes")).contains("{\"symbol\":\"EUR\",\"price\":1.");
		assertThat(this.clients.get("feed").getSnapshot().subscriptions()).isEqualTo(2);
		assertThat(this.clients.get("echo").getSnapshot().subscriptions()).isZero();
	}

	@Test
	void feedReceivesQuotesAndHidesAnswersWhileEchoShowsThem() {
		this.log.await("feed", QUOTE_OF_EUR, QUOTE_OF_USD, QUOTE_OF_EUR);
		this.log.await("echo", "MESSAGE heartbeat");
		assertThat(this.log.lines()).noneMatch((line) -> !line.contains(" MESSAGE "))
			.doesNotContain("feed MESSAGE heartbeat");
	}

	@Test
	void dropLosesBothConnectionsWithoutCloseFrame(CapturedOutput output) {
		ask("drop").expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("Watch: the clients notice at once and are back about 0.3 s later.\n");
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
			.isEqualTo("Watch: the clients notice within 1 s and are back within 7.3 s.\n");
		describe("Now: silent until ");
		this.log.await("echo", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "OPEN again", "CLOSE 1006 HEARTBEAT",
				"RECONNECT 2", "OPEN again", "MESSAGE");
		this.log.await("feed", "CLOSE 1006 HEARTBEAT", "RECONNECT 1", "ERROR NOT_READY", "RECONNECT 2", "OPEN again",
				"MESSAGE");
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
		this.log.await("feed", "CLOSE", "OPEN again", QUOTE_OF_EUR, QUOTE_OF_USD);
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
			.isEqualTo("Watch: answers take 0.2 s for 3 s, and the clients stay open.\n");
		this.log.clear();
		this.log.await("echo", "MESSAGE heartbeat", "MESSAGE heartbeat");
		this.log.await("feed", QUOTE_OF_EUR);
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
			.isEqualTo(List.of("freeze", "drop", "silent", "slow", "refuse", "normal"))
			.jsonPath("$.faults[0].forecast")
			.value((String forecast) -> assertThat(forecast).startsWith("Watch: the clients notice within 1 s"));
	}

	@Test
	void theForecastKnowsTheFaultBefore() {
		ask("refuse?for=1h").expectStatus().isOk();
		this.log.await("feed", "CLOSE");
		this.log.await("echo", "CLOSE");
		ask("freeze").expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("No client is connected to this server.\n");
		ask("normal").expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("Watch: the clients are open within 0.3 s.\n");
		expectOfBoth("OPEN again");
	}

	@Test
	void theForecastKnowsHowLongTheFaultBeforeLasts() {
		Instant later = Instant.now().plus(Duration.ofHours(1));
		assertThat(forecast(Fault.DROP, new Faults.State(Fault.NORMAL, null, null)))
			.isEqualTo("Watch: the clients notice at once and are back about 0.3 s later.");
		assertThat(forecast(Fault.DROP, new Faults.State(Fault.SILENT, later, null)))
			.matches("Watch: the clients notice at once and are back within 36\\d\\d(\\.\\d)? s\\.");
		assertThat(forecast(Fault.FREEZE, new Faults.State(Fault.REFUSE, later, null)))
			.matches("Watch: the clients notice within 1 s and are back within 36\\d\\d(\\.\\d)? s\\.");
	}

	@Test
	void aFreezeThatIsNotNoticedYetIsPartOfTheForecast() {
		assertThat(forecast(Fault.SLOW, new Faults.State(Fault.NORMAL, null, Instant.now().plus(Duration.ofHours(1)))))
			.isEqualTo("Watch: the clients notice within 1 s and are back about 0.3 s later.");
		assertThat(forecast(Fault.SLOW, new Faults.State(Fault.NORMAL, null, Instant.EPOCH))).endsWith("stay open.");
	}

	private String forecast(Fault fault, Faults.State before) {
		return this.context.getBean(FaultForecast.class).of(fault, Duration.ofSeconds(10), before).text();
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

	/**
	 * U+009B begins a command of a terminal, and U+202E changes the direction of the
	 * text.
	 */
	@Test
	void aPeerDoesNotControlTheConsole(CapturedOutput output) {
		send("echo", "red\u009b31m and \u202eback").isOk();
		this.log.await("echo", "MESSAGE red");
		Awaitility.await().untilAsserted(() -> assertThat(output.getOut()).contains("MESSAGE    red 31m and  back"));
	}

	private StatusAssertions send(String client, String text) {
		return this.http.post()
			.uri("/clients/" + client + "/messages")
			.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
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
			.run("--server.port=" + FreePort.find(), "--heartbeat.defaults.close-timeout=20s")) {
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
				"--server.port=" + FreePort.find(), "--heartbeat.clients.feed.url=" + url,
				"--heartbeat.defaults.close-timeout=500ms")) {
			HeartbeatClient feed = other.getBean("feed", HeartbeatClient.class);
			HeartbeatClient echo = other.getBean("echo", HeartbeatClient.class);
			Awaitility.await().until(() -> feed.isOpen() && echo.isOpen());
			assertThat(feed.getSettings().getUrl()).hasToString(url);
			assertThat(this.faults.connections()).isEqualTo(3);
			assertThat(other.getBean(Faults.class).begin(Fault.FREEZE, Duration.ZERO).text())
				.isEqualTo("Watch: echo notices within 5 s and is back about 2 s later.");
		}
		Awaitility.await().until(() -> this.faults.connections() == 2);
	}

	/**
	 * Another server knows neither the login nor the subscriptions.
	 */
	@Test
	void feedOfAnotherServerNeedsNoLogin() {
		try (ConfigurableApplicationContext other = new SpringApplicationBuilder(DemoApplication.class, HookLog.class)
			.run("--server.port=" + FreePort.find(), "--demo.login=false",
					"--heartbeat.clients.feed.url=ws://127.0.0.1:" + this.port + "/echo")) {
			HookLog log = other.getBean(HookLog.class);
			log.await("feed", "OPEN");
			HeartbeatClient feed = other.getBean("feed", HeartbeatClient.class);
			assertThat(feed.getSnapshot().subscriptions()).isZero();
			feed.send("hello").join();
			log.await("feed", "MESSAGE");
			assertThat(log.lines()).filteredOn((line) -> line.startsWith("feed "))
				.containsExactly("feed OPEN", "feed MESSAGE hello");
		}
	}

}
