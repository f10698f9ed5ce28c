package io.github.heartbeat.demo.dashboard;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.demo.DemoProcess;
import io.github.heartbeat.demo.replica.Replicas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WindowType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the pages of two replicas in a real browser: one page shows the leader, the other
 * one the standby.
 */
@Timeout(180)
class ReplicaPageIntegrationTests {

	@Test
	void thePagesShowWhoLeadsAndTheKeysTakeTheLeaderAway(@TempDir Path directory) throws Exception {
		try (Browser browser = Browser.open(); Replicas replicas = new Replicas(directory, 2)) {
			DemoProcess leader = replicas.awaitLeader(replicas.all());
			DemoProcess standby = replicas.allBut(leader).get(0);
			browser.driver().get(leader.url());
			String leaderPage = browser.driver().getWindowHandle();
			awaitReplica(browser, "LEADER since \\d\\d:\\d\\d:\\d\\d\\.");
			assertThat(browser.find("#replica-title").getText()).startsWith("This replica: port " + leader.port());
			assertThat(browser.find("#server").isDisplayed()).isFalse();
			browser.awaitState("feed", "OPEN");
			Browser.until(() -> assertThat(browser.log()).anyMatch((line) -> line.startsWith("echo GRANTED ")));
			Browser.until(() -> assertThat(browser.chart("echo")).contains(" now: leads"));
			browser.writeScreenshot(Path.of("target", "replica-leader.png"));
			String standbyPage = browser.driver().switchTo().newWindow(WindowType.TAB).getWindowHandle();
			browser.driver().get(standby.url());
			awaitReplica(browser, "STANDBY Another replica leads, or .*");
			browser.awaitState("feed", "STANDBY");
			browser.writeScreenshot(Path.of("target", "replica-standby.png"));
			assertThatAPhoneShowsItFirst(browser);
			assertThat(browser.complaints()).isEmpty();
			press(browser, leaderPage, "freeze");
			Browser.until(() -> assertThat(browser.find("#replica-forecast").getText())
				.endsWith("stops now and continues after 10 s."));
			awaitReplica(browser, "NO ANSWER since \\d\\d:\\d\\d:\\d\\d\\. Last known: LEADER\\.");
			assertThat(browser.text("echo", "since")).startsWith("last seen ");
			browser.driver().switchTo().window(standbyPage);
			awaitReplica(browser, "LEADER since .*");
			browser.awaitState("echo", "OPEN");
			Browser.until(() -> assertThat(browser.log()).anyMatch((line) -> line.startsWith("feed GRANTED ")));
			browser.driver().switchTo().window(leaderPage);
			awaitReplica(browser, "STANDBY Another replica leads, or .*");
			Browser.until(() -> assertThat(browser.chart("feed")).endsWith(", leads no more"));
			Browser.until(() -> assertThat(browser.log()).contains("feed LOST may not connect any more: FENCED"));
			press(browser, standbyPage, "kill");
			assertThat(standby.awaitEnd()).isEqualTo(137);
			awaitReplica(browser, "NO ANSWER since .* Last known: LEADER\\.");
			browser.driver().switchTo().window(leaderPage);
			awaitReplica(browser, "LEADER since .*");
			browser.awaitState("feed", "OPEN");
		}
	}

	private static void assertThatAPhoneShowsItFirst(Browser browser) {
		browser.emulate("setDeviceMetricsOverride",
				Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
		assertThat(browser.driver().executeScript("return [innerWidth, document.documentElement.scrollWidth]"))
			.isEqualTo(List.of(360L, 360L));
		assertThat(browser.find(".leader").getRect().getY()).as("in view").isBetween(0, 740);
		browser.emulate("clearDeviceMetricsOverride", Map.of());
	}

	private static void press(Browser browser, String page, String key) {
		browser.driver().switchTo().window(page);
		browser.find("[data-replica=%s]", key).click();
	}

	private static void awaitReplica(Browser browser, String pattern) {
		Browser.until(() -> assertThat(browser.find(".leader").getText()).matches(pattern));
	}

}
