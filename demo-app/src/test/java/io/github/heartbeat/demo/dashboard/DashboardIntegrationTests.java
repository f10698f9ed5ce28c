package io.github.heartbeat.demo.dashboard;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

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
		load();
	}

	private static void load() {
		demo.bean(HeartbeatClients.class).getAll().values().forEach(HeartbeatClient::open);
		browser.driver().get(demo.url());
		browser.awaitState("feed", "OPEN");
		browser.awaitState("echo", "OPEN");
	}

	@Test
	void loadsWithoutConsoleErrorsAndFromNowhereElse() {
		assertThat(browser.find("#link").getText()).isEqualTo("Live");
		Browser.until(() -> assertThat(browser.number("feed", "messages-in")).isPositive());
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).matches("[\\d.]+ m?s"));
		assertThat(browser.find("[data-client=echo] .timeline").getAccessibleName())
			.isEqualTo("The last minute of echo, which is open now");
		Object elsewhere = browser.driver()
			.executeScript("return performance.getEntriesByType('resource').map((entry) => entry.name)"
					+ ".filter((name) => !name.startsWith(location.origin + '/'))");
		assertThat((List<?>) elsewhere).isEmpty();
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void theChartsShowWhatHappens() {
		for (String chart : List.of("timeline", "rtt")) {
			Browser.until(() -> assertThat((Boolean) browser.driver()
				.executeScript("const canvas = document.querySelector('[data-client=echo] .%s canvas');"
					.formatted(chart)
						+ "const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
						+ "return data.some((value) => value > 0) && canvas.clientWidth > 200"))
				.isTrue());
		}
	}

	@Test
	void aFreezeShowsWaitingAndThenOpenWithTheReconnectCounterUpByOne() {
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).isNotEqualTo("none needed yet"));
		long before = browser.number("echo", "reconnects");
		browser.fault("freeze");
		browser.awaitState("echo", "WAITING");
		assertThat(browser.text("echo", "next")).matches("in \\d\\.\\d s|–");
		browser.awaitState("echo", "OPEN");
		Browser.until(() -> assertThat(browser.number("echo", "reconnects")).isEqualTo(before + 1));
		Browser.until(() -> assertThat(browser.text("echo", "causes")).contains("heartbeat"));
		assertThat(browser.log()).anyMatch((line) -> line.equals("echo CLOSE 1006 by HEARTBEAT"))
			.anyMatch((line) -> line.startsWith("server FREEZE the connections of this moment"));
	}

	@Test
	void closeOpenAndReconnectButtonsWork() {
		browser.press("echo", "close");
		browser.awaitState("echo", "STOPPED");
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("close: now STOPPED"));
		Browser.until(() -> assertThat(browser.text("echo", "last-close"))
			.endsWith("with 1000 (normal): this side ended it"));
		browser.find("[data-client=echo] input").sendKeys("too late", Keys.ENTER);
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("“too late” not sent: closed"));
		browser.press("echo", "open");
		browser.awaitState("echo", "OPEN");
		browser.press("echo", "reconnect");
		Browser.until(() -> assertThat(browser.text("echo", "causes")).contains("manual"));
		browser.awaitState("echo", "OPEN");
	}

	@Test
	void aMessageIsSentAndItsEchoIsInTheLog() {
		WebElement input = browser.find("[data-client=echo] input");
		input.sendKeys("<b>hällo</b>", Keys.ENTER);
		Browser.until(() -> assertThat(browser.text("echo", "outcome")).isEqualTo("“<b>hällo</b>” sent"));
		Browser.until(() -> assertThat(browser.log()).contains("echo MESSAGE <b>hällo</b>"));
		assertThat(input.getDomProperty("value")).isEmpty();
	}

	@Test
	void theLogIsFilteredByClientAndKindAndPaused() {
		Browser.until(() -> assertThat(browser.log()).anyMatch((line) -> line.startsWith("feed MESSAGE"))
			.anyMatch((line) -> line.startsWith("echo MESSAGE")));
		browser.find("[value='kind MESSAGE']").click();
		assertThat(browser.log()).isNotEmpty().noneMatch((line) -> line.contains(" MESSAGE "));
		browser.find("[value='kind MESSAGE']").click();
		browser.find("[value='client echo']").click();
		assertThat(browser.log()).isNotEmpty().noneMatch((line) -> line.startsWith("echo "));
		browser.find("[value='client echo']").click();
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
		for (String fault : List.of("drop", "silent", "slow", "freeze", "refuse", "normal")) {
			Browser.until(() -> assertThat(browser.find("#forecast-" + fault).getText()).contains("expect"));
			assertThat(browser.find("[data-fault='%s']", fault).getDomAttribute("aria-describedby"))
				.isEqualTo("forecast-" + fault);
		}
	}

	@Test
	void aSlowServerShowsInTheRoundTripsAndCostsNothing() {
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).isNotEqualTo("none needed yet"));
		String close = browser.text("echo", "last-close");
		browser.fault("slow");
		Browser.until(() -> assertThat(browser.find("#fault-now").getText())
			.matches("The server is slow, for \\d+ s more\\."));
		Browser.until(() -> assertThat(browser.text("echo", "rtt")).matches("[3-6]\\d\\d\\.\\d ms"));
		Browser.until(() -> assertThat(browser.text("feed", "rtt")).matches("[3-6]\\d\\d\\.\\d ms"));
		browser.fault("normal");
		Browser.until(() -> assertThat(browser.find("#fault-now").getText()).isEqualTo("The server is normal."));
		assertThat(browser.text("echo", "last-close")).isEqualTo(close);
	}

	@Test
	void everythingCanBeReachedByKeyboard() {
		WebElement focused = browser.find("body");
		for (int i = 0; i < 60 && !"reconnect".equals(focused.getDomAttribute("data-action")); i++) {
			focused.sendKeys(Keys.TAB);
			focused = browser.driver().switchTo().activeElement();
		}
		assertThat(focused.getAccessibleName()).isEqualTo("Reconnect feed");
		long before = browser.number("feed", "reconnects");
		focused.sendKeys(Keys.ENTER);
		Browser.until(() -> assertThat(browser.number("feed", "reconnects")).isEqualTo(before + 1));
	}

	@Test
	void aPhoneHasNoHorizontalScroll() {
		browser.emulate("setDeviceMetricsOverride",
				Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
		try {
			load();
			Browser.until(() -> assertThat(browser.log()).isNotEmpty());
			assertThat(browser.driver().executeScript("return [innerWidth, document.documentElement.scrollWidth]"))
				.isEqualTo(List.of(360L, 360L));
			Browser.until(() -> assertThat((Long) browser.driver()
				.executeScript(
						"return Math.max(...[...document.querySelectorAll('canvas')].map((c) => c.clientWidth))"))
				.isLessThan(360));
		}
		finally {
			browser.emulate("clearDeviceMetricsOverride", Map.of());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void itIsReadableInLightAndDark(String scheme) {
		browser.preferColorScheme(scheme);
		try {
			Object contrasts = browser.driver().executeScript("""
					const canvas = new OffscreenCanvas(1, 1).getContext('2d');
					const luminance = (color) => {
						canvas.fillStyle = color;
						canvas.fillRect(0, 0, 1, 1);
						const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
							.map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
						return .2126 * r + .7152 * g + .0722 * b;
					};
					const styles = getComputedStyle(document.documentElement);
					const card = luminance(styles.getPropertyValue('--card').trim());
					return ['text', 'quiet', 'open', 'connecting', 'waiting', 'stopped', 'exhausted'].map((name) => {
						const other = luminance(styles.getPropertyValue('--' + name).trim());
						return name + ' ' + ((Math.max(card, other) + .05) / (Math.min(card, other) + .05) * 10 | 0);
					});
					""");
			assertThat((List<?>) contrasts)
				.allSatisfy((contrast) -> assertThat(Integer.parseInt(contrast.toString().split(" ")[1]))
					.as("contrast of %s, in tenths", contrast)
					.isGreaterThanOrEqualTo(45));
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
	void thePageSurvivesTheRestartOfItsServer() {
		DemoRun first = DemoRun.start(ARGUMENTS);
		try (first) {
			browser.driver().get(first.url());
			browser.awaitState("echo", "OPEN");
		}
		Browser.until(
				() -> assertThat(browser.find("#link").getText()).isEqualTo("The demo does not answer. Trying again…"));
		try (DemoRun second = first.startAgain(ARGUMENTS)) {
			assertThat(second.url()).isEqualTo(first.url());
			Browser.until(
					() -> assertThat(browser.find("#link").getText()).isEqualTo("Live again: the demo was restarted"));
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			Browser.until(() -> assertThat(browser.text("echo", "reconnects")).isEqualTo("0"));
		}
		assertThat(browser.complaints()).allMatch((complaint) -> complaint.contains("net::ERR_"));
	}

}
