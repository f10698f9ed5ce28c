package io.github.heartbeat.demo.dashboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.demo.DemoRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the page in a real browser. The timeouts are shorter than a person would choose.
 */
@Timeout(90)
class DashboardIntegrationTests {

	private static final String[] ARGUMENTS = { "--heartbeat.defaults.ping-timeout=1s",
			"--heartbeat.defaults.pong-timeout=1500ms", "--heartbeat.defaults.reconnect-timeout=1s",
			"--heartbeat.defaults.close-timeout=500ms", "--demo.slow-answer=300ms" };

	private static Browser browser;

	private static DemoRun demo;

	@BeforeAll
	static void start() {
		browser = Browser.open();
		demo = DemoRun.start(ARGUMENTS);
	}

	@AfterAll
	static void stop() {
		if (browser != null) {
			browser.close();
		}
		if (demo != null) {
			demo.close();
		}
	}

	@BeforeEach
	void forgetOldComplaintsAndLoad() {
		browser.complaints();
		browser.resize(1400, 900);
		load();
	}

	private static void load() {
		demo.bean(HeartbeatClients.class).getAll().values().forEach(HeartbeatClient::open);
		browser.driver().get(demo.url());
		browser.awaitState("feed", "OPEN");
		browser.awaitState("echo", "OPEN");
	}

	private static Object script(String script) {
		return browser.driver().executeScript(script);
	}

	private static String text(String css) {
		return browser.find(css).getText();
	}

	@Test
	void loadsWithoutConsoleErrorsFromNowhereElseAndLittle() {
		Browser.until(() -> assertThat(text("#link")).isEqualTo("Live"));
		assertThat(browser.find("#replica").isDisplayed()).as("this is no replica").isFalse();
		assertThat(browser.driver().findElements(By.cssSelector("[value=GRANTED]"))).isEmpty();
		Browser.until(() -> assertThat(browser.number("feed", "messages-in")).isPositive());
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).matches("[\\d.]+ m?s"));
		Browser.until(
				() -> assertThat(browser.chart("echo")).startsWith("The last 40 seconds of echo, which is open now"));
		assertThat((List<?>) script("return performance.getEntriesByType('resource').map((entry) => entry.name)"
				+ ".filter((name) => !name.startsWith(location.origin + '/'))"))
			.isEmpty();
		Object size = script("return performance.getEntries().filter((entry) => 'decodedBodySize' in entry)"
				+ ".map((entry) => entry.decodedBodySize).reduce((one, other) => one + other)");
		assertThat((Long) size).isBetween(60_000L, 200_000L);
		assertThat((List<?>) script("return [...document.querySelectorAll('[role=status], [role=alert], [aria-live]')]"
				+ ".map((element) => element.id)"))
			.isEqualTo(List.of("spoken"));
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void theChartsAreDrawn() {
		Browser.until(
				() -> assertThat((Boolean) script("const canvas = document.querySelector('[data-client=echo] canvas');"
						+ "const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
						+ "return data.some((value) => value > 0) && canvas.clientWidth > 200"))
					.isTrue());
	}

	/**
	 * Both the chart and the line below the keys tell the story. The browser reports each
	 * element that moves by itself.
	 */
	@Test
	void aFreezeIsAStoryOnTheChartAndNothingMoves() {
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).isNotEqualTo("–"));
		long before = browser.number("echo", "reconnects");
		browser.run("watch-shifts.js");
		script("document.querySelector('[data-fault=freeze]').click()");
		browser.awaitState("echo", "WAITING");
		Browser.until(() -> assertThat(browser.chart("echo")).contains("freeze, noticed after "));
		browser.awaitState("echo", "OPEN");
		browser.awaitState("feed", "OPEN");
		Browser.until(
				() -> assertThat(text("#forecast")).matches("freeze: noticed after [\\d.]+ s, back after [\\d.]+ s"));
		for (String client : List.of("feed", "echo")) {
			Browser.until(() -> assertThat(browser.chart(client))
				.matches(".* now: .*freeze, noticed after [\\d.]+ s, open again after [\\d.]+ s"));
		}
		Browser.until(() -> assertThat(browser.number("echo", "reconnects")).isEqualTo(before + 1));
		Browser.until(() -> assertThat(browser.text("echo", "causes")).contains("heartbeat"));
		assertThat(browser.log()).contains("echo CLOSE 1006 by HEARTBEAT")
			.anyMatch((line) -> line.startsWith("server FAULT freeze: the connections of this moment"));
		assertThat(shifts()).isEmpty();
	}

	private static List<?> shifts() {
		return (List<?>) script("return window.shifts");
	}

	/**
	 * The silent server does not acknowledge the login until connect-timeout ends.
	 */
	@Test
	void theLoginIsPartOfConnecting() {
		browser.resize(390, 844);
		browser.run("watch-shifts.js");
		Browser.until(() -> assertThat(browser.text("feed", "subscriptions")).isEqualTo("2"));
		assertThat(browser.number("echo", "subscriptions")).isZero();
		browser.fault("silent");
		Browser.until(() -> assertThat(text("#fault-now")).matches("Answering nothing for \\d+ s more\\."));
		Browser.until(() -> assertThat(text("#forecast"))
			.matches("silent: noticed (within|after) [\\d.]+ s, back within \\d+ s"));
		browser.press("feed", "reconnect");
		Browser.until(() -> assertThat(browser.text("feed", "since")).isEqualTo("logging in"));
		assertThat(browser.text("feed", "state")).endsWith(" CONNECTING");
		Browser.until(() -> assertThat(browser.chart("feed"))
			.startsWith("The last 40 seconds of feed, which is logging in now"));
		Browser.until(
				() -> assertThat(browser.find("#spoken").getDomProperty("textContent")).contains("feed is logging in"));
		browser.awaitState("feed", "WAITING");
		Browser.until(() -> assertThat(browser.text("feed", "since")).isNotEqualTo("logging in"));
		Browser.until(() -> assertThat(browser.text("feed", "last-error")).contains(" not ready: "));
		browser.fault("normal");
		browser.awaitState("feed", "OPEN");
		assertThat(browser.text("feed", "since")).isEmpty();
		Browser.until(() -> assertThat(browser.number("feed", "subscriptions")).isEqualTo(2));
		assertThat(shifts()).isEmpty();
	}

	@Test
	void closeOpenAndReconnectButtonsWork() {
		int losses = losses();
		assertThat(button("open").isEnabled()).as("it is open").isFalse();
		assertThat((List<?>) script(
				"return [...new Set([...document.querySelectorAll('.client button, .panel:not([hidden]) button')]"
						+ ".map((button) => button.offsetHeight))]"))
			.as("heights")
			.hasSize(1);
		browser.press("echo", "close");
		browser.awaitState("echo", "STOPPED");
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("close: now STOPPED"));
		assertThat(button("close").isEnabled()).isFalse();
		assertThat(browser.text("echo", "uptime")).isEqualTo("–");
		Browser.until(() -> assertThat(browser.text("echo", "last-close"))
			.endsWith("with 1000 (normal): this side ended it"));
		browser.find("[data-client=echo] input").sendKeys("too late", Keys.ENTER);
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("“too late” not sent: closed"));
		browser.press("echo", "open");
		browser.awaitState("echo", "OPEN");
		browser.press("echo", "reconnect");
		Browser.until(() -> assertThat(browser.text("echo", "causes")).contains("manual"));
		browser.awaitState("echo", "OPEN");
		assertThat(losses()).as("nothing was lost").isLessThanOrEqualTo(losses);
	}

	/**
	 * Tests before this one may have left some on the chart.
	 */
	private static int losses() {
		return StringUtils.countOccurrencesOf(browser.chart("echo"), "noticed");
	}

	private static WebElement button(String action) {
		return browser.find("[data-client=echo] [data-action=%s]", action);
	}

	@Test
	void aMessageIsSentAndItsEchoIsInTheLogIfAskedFor() {
		WebElement input = browser.find("[data-client=echo] input");
		input.sendKeys("<b>hällo</b>", Keys.ENTER);
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("“<b>hällo</b>” sent"));
		Browser.until(() -> assertThat(browser.log()).contains("echo SENT <b>hällo</b>"));
		Browser.until(() -> assertThat(browser.log()).anyMatch((line) -> line.matches("echo MESSAGE \\d+ messages?"))
			.noneMatch((line) -> line.startsWith("echo MESSAGE <b>")));
		browser.filter("kind", "*");
		Browser.until(() -> assertThat(browser.log()).contains("echo MESSAGE <b>hällo</b>"));
		assertThat(input.getDomProperty("value")).isEmpty();
	}

	@Test
	void theLogIsInViewFilteredByClientAndKindAndPaused() {
		assertThat(
				(Boolean) script("return document.querySelector('#log').getBoundingClientRect().bottom <= innerHeight"
						+ " && document.documentElement.scrollWidth <= innerWidth"))
			.as("visible without scrolling")
			.isTrue();
		Browser.until(() -> assertThat(browser.log()).anyMatch((line) -> line.startsWith("feed MESSAGE"))
			.anyMatch((line) -> line.startsWith("echo MESSAGE")));
		browser.filter("kind", "OPEN");
		assertThat(browser.log()).isNotEmpty().allMatch((line) -> line.contains(" OPEN "));
		browser.filter("kind", "*");
		browser.filter("client", "feed");
		assertThat(browser.log()).isNotEmpty().allMatch((line) -> line.startsWith("feed "));
		browser.filter("client", "");
		browser.find("#pause").click();
		List<String> paused = browser.log();
		browser.find("[data-client=echo] input").sendKeys("while paused", Keys.ENTER);
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).endsWith("sent"));
		long messages = browser.number("echo", "messages-in");
		Browser.until(() -> assertThat(browser.number("echo", "messages-in")).isGreaterThan(messages));
		assertThat(browser.log()).isEqualTo(paused);
		browser.find("#pause").click();
		Browser.until(() -> assertThat(browser.log()).contains("echo MESSAGE while paused"));
	}

	@Test
	void everyFaultSaysWhatOneIsAboutToSee() {
		Browser.until(() -> assertThat((List<?>) script(
				"return [...document.querySelectorAll('[data-fault]')].map((button) => button.textContent)"))
			.isEqualTo(List.of("freeze", "drop", "silent", "slow", "refuse", "normal")));
		Browser.until(() -> {
			browser.find("#link").click();
			script("document.querySelector('[data-fault=freeze]').focus()");
			assertThat(text("#forecast"))
				.isEqualTo("Watch: the clients notice within 2.5 s and are back about 1.7 s later.");
		});
		new Actions(browser.driver()).moveToElement(browser.find("[data-fault=drop]")).perform();
		Browser.until(() -> assertThat(text("#forecast"))
			.isEqualTo("Watch: the clients notice at once and are back about 1.7 s later."));
		assertThat(browser.find("[data-fault=drop]").getDomAttribute("aria-describedby")).isEqualTo("forecast-drop");
		assertThat(browser.find("#forecast-drop").getDomProperty("textContent")).startsWith("Watch: ");
	}

	@Test
	void aSlowServerShowsInTheRoundTripsAndCostsNothing() {
		browser.resize(800, 900);
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).isNotEqualTo("–"));
		browser.run("watch-shifts.js");
		String close = browser.text("echo", "last-close");
		browser.fault("slow");
		Browser.until(() -> assertThat(text("#fault-now")).matches("Answering late for \\d+ s more\\."));
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).matches("[3-6]\\d\\d\\.\\d ms"));
		Browser.until(() -> assertThat(browser.text("feed", "rtt")).matches("[3-6]\\d\\d\\.\\d ms"));
		browser.fault("normal");
		Browser.until(() -> assertThat(text("#fault-now")).isEqualTo("The server works normally."));
		assertThat(browser.text("echo", "last-close")).isEqualTo(close);
		assertThat(shifts()).isEmpty();
	}

	@Test
	void aHeartTellsItsRoundTripToThePointerAndToTheKeyboard() {
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).isNotEqualTo("–"));
		assertThat(browser.text("echo", "readout")).isEqualTo("Point at a ♥");
		WebElement chart = browser.find("[data-client=echo] .chart");
		Browser.until(() -> {
			chart.sendKeys(Keys.ARROW_LEFT);
			assertThat(browser.text("echo", "readout")).matches("♥ answered in [\\d.]+ m?s");
		});
		script("document.activeElement.blur()");
		assertThat(browser.text("echo", "readout")).isEqualTo("Point at a ♥");
		Browser.until(() -> assertThat(browser.run("readouts.js")).contains("Point at a ♥")
			.anyMatch((readout) -> readout.matches("♥ answered in [\\d.]+ m?s")));
	}

	@Test
	void theFoldedPartLinksToActuator() {
		assertThat(browser.find("[data-client=echo] .facts").isDisplayed()).isFalse();
		browser.find("[data-client=echo] summary").click();
		assertThat(browser.find("[data-client=echo] .facts").isDisplayed()).isTrue();
		Object answers = browser.driver()
			.executeAsyncScript("const done = arguments[0];"
					+ "Promise.all([...document.querySelectorAll('[data-client=echo] a')].map(async ({ href }) => {"
					+ "const response = await fetch(href);"
					+ "return `${href.split('actuator/')[1]} ${response.status}` })).then(done)");
		assertThat(answers).isEqualTo(List.of("health/heartbeat/echo 200", "heartbeat/echo 200", "prometheus 200"));
	}

	/**
	 * A text that needs a second line would move everything below.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1400, 800, 390, 360 })
	void noStateOfTheLinkMovesThePage(int width) {
		browser.resize(width, 844);
		Object height = script("return document.querySelector('header').offsetHeight");
		for (String state : List.of("Live", "Live, without Actuator", "Live again after a restart",
				"No answer since 12:58:48")) {
			assertThat(script("const link = document.getElementById('link'); link.textContent = '" + state
					+ "'; return [document.querySelector('header').offsetHeight, link.scrollWidth <= link.clientWidth]"))
				.as(state)
				.isEqualTo(List.of(height, true));
		}
	}

	@ParameterizedTest
	@CsvSource({ "1400, 900", "800, 900", "390, 844" })
	void oneCanPressAndWatchInOneViewAndNothingIsCutOff(int width, int height) {
		browser.resize(width, height);
		load();
		Browser.until(() -> assertThat(browser.log()).isNotEmpty());
		Browser.until(() -> assertThat(browser.run("cut-off.js")).isEmpty());
		assertThat(script("return [innerWidth, document.documentElement.scrollWidth <= innerWidth]"))
			.isEqualTo(List.of((long) width, true));
	}

	/**
	 * Below 60rem, where the parts of the page are below each other.
	 */
	@Test
	void theKeyboardMovesInTheOrderOfThePage() {
		browser.resize(800, 900);
		load();
		Browser.until(() -> assertThat(browser.driver().findElements(By.cssSelector("[data-fault]"))).hasSize(6));
		List<String> order = new ArrayList<>();
		for (int i = 0; i < 25; i++) {
			new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
			order.add((String) script("const element = document.activeElement;"
					+ "return [element.closest('[data-client]')?.dataset.client, element.dataset.fault || element.dataset.action"
					+ " || element.id || element.className || element.localName].filter(Boolean).join(' ')"));
		}
		assertThat(order).startsWith("skip", "freeze", "drop", "silent", "slow", "refuse", "normal", "feed chart",
				"feed close", "feed reconnect", "feed input", "feed button", "feed summary", "echo chart", "echo close",
				"echo reconnect", "echo input", "echo button", "echo summary", "filter-client", "filter-kind", "pause",
				"log");
		assertThat((Boolean) script("const tops = [...document.querySelectorAll('main > section:not([hidden])')]"
				+ ".map((section) => section.getBoundingClientRect().top); return tops.every((top, i) => i === 0 || top > tops[i - 1])"))
			.as("the order of the elements is that of the page")
			.isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void itIsReadableInLightAndDark(String scheme) {
		browser.preferColorScheme(scheme);
		try {
			assertThat(browser.run("contrasts.js")).isEmpty();
			assertThat(browser.find(".client").getCssValue("background-color"))
				.isEqualTo("light".equals(scheme) ? "rgba(255, 255, 255, 1)" : "rgba(27, 32, 40, 1)");
		}
		finally {
			browser.emulate("setEmulatedMedia", Map.of("features", List.of()));
		}
	}

	@Test
	void aClientOfTheRunComesAndGoes() {
		HeartbeatClients clients = demo.bean(HeartbeatClients.class);
		clients.create("late",
				HeartbeatClientSettings.builder("ws" + demo.url().substring("http".length()) + "echo").build());
		Browser
			.until(() -> assertThat(browser.driver().findElements(By.cssSelector("[data-client=late]"))).isNotEmpty());
		browser.awaitState("late", "OPEN");
		clients.remove("late");
		Browser.until(
				() -> assertThat(browser.driver().findElements(By.cssSelector("article[data-client=late]"))).isEmpty());
	}

	@Test
	void countersOfASharedGroupAreMarked() {
		HeartbeatClients clients = demo.bean(HeartbeatClients.class);
		HeartbeatClientSettings settings = HeartbeatClientSettings
			.builder("ws" + demo.url().substring("http".length()) + "echo")
			.group("twins")
			.build();
		clients.create("one", settings);
		clients.create("two", settings);
		Browser.until(() -> assertThat(browser.text("one", "shared"))
			.isEqualTo("Reconnects, messages and heartbeats are those of the group “twins”: with two."));
		assertThat(browser.find("[data-client=one] .shared").isDisplayed()).isTrue();
		assertThat(browser.find("[data-client=echo] .shared").isDisplayed()).isFalse();
		clients.remove("one");
		clients.remove("two");
		Browser.until(
				() -> assertThat(browser.driver().findElements(By.cssSelector("article[data-client=two]"))).isEmpty());
	}

	/**
	 * The fault of the first run must not be shown for the second one.
	 */
	@Test
	void thePageSaysThatItsServerIsGoneAndSurvivesItsRestart() {
		DemoRun first = DemoRun.start(ARGUMENTS);
		try (first) {
			browser.driver().get(first.url());
			browser.awaitState("echo", "OPEN");
			browser.fault("slow");
			Browser.until(() -> assertThat(text("#fault-now")).startsWith("Answering late"));
		}
		Browser.until(() -> assertThat(text("#link")).matches("No answer since \\d\\d:\\d\\d:\\d\\d"));
		Browser.until(() -> assertThat(browser.text("echo", "since"))
			.isEqualTo(text("#link").replace("No answer since", "last seen")));
		assertThat(text("#fault-now")).isEqualTo("The server does not answer.");
		assertThat(browser.find("[data-client=echo] .tiles").getCssValue("opacity")).isEqualTo("0.45");
		String shown = text("main");
		browser.driver().executeAsyncScript("""
				const done = arguments[0];
				let frames = 40;
				const next = () => frames-- > 0 ? requestAnimationFrame(next) : done();
				next();
				""");
		assertThat(text("main")).as("nothing counts").isEqualTo(shown);
		try (DemoRun second = first.startAgain(ARGUMENTS)) {
			assertThat(second.url()).isEqualTo(first.url());
			Browser.until(() -> assertThat(text("#link")).isEqualTo("Live again after a restart"));
			Browser.until(() -> assertThat(text("#fault-now")).isEqualTo("The server works normally."));
			assertThat(text("#forecast")).isEqualTo("Press “freeze” and watch the charts.");
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			Browser.until(() -> assertThat(browser.text("echo", "reconnects")).isEqualTo("0"));
		}
		assertThat(browser.complaints()).allMatch((complaint) -> complaint.contains("net::ERR_"));
	}

}
