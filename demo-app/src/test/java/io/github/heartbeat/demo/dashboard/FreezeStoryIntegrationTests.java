package io.github.heartbeat.demo.dashboard;

import java.nio.file.Path;
import java.time.Duration;

import io.github.heartbeat.demo.DemoRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Performs the first steps of a new user, with the times in {@code application.yml}: ping
 * 3 s, pong 2 s, reconnect 2 s plus or minus a tenth.
 */
@Timeout(120)
class FreezeStoryIntegrationTests {

	@Test
	void aNewcomerSeesTwoLiveClientsFreezesThemAndWatchesThemRecover() {
		try (Browser browser = Browser.open(); DemoRun demo = DemoRun.start()) {
			long opened = System.nanoTime();
			browser.resize(1400, 900);
			browser.driver().get(demo.url());
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			assertThat(since(opened)).isLessThan(Duration.ofSeconds(20));
			Browser.until(() -> assertThat(browser.number("echo", "heartbeats")).isGreaterThanOrEqualTo(3));
			long frozen = System.nanoTime();
			browser.fault("freeze");
			browser.awaitState("echo", "WAITING");
			assertThat(since(frozen)).as("it heard something up to a heartbeat ago")
				.isBetween(seconds(1.5), seconds(8));
			Browser.until(() -> assertThat(browser.text("echo", "last-close"))
				.endsWith("with 1006 (no close frame): a heartbeat was not answered"));
			Browser.until(() -> assertThat(browser.number("feed", "reconnects")).isOne());
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			assertThat(since(frozen)).isBetween(seconds(3), seconds(14));
			Browser.until(() -> assertThat(browser.text("feed", "causes")).isEqualTo("heartbeat 1"));
			Browser.until(() -> assertThat(browser.text("echo", "causes")).isEqualTo("heartbeat 1"));
			Browser.until(
					() -> assertThat(browser.chart("echo")).matches(".*noticed after [\\d.]+ s, open again after .*"));
			long received = browser.number("feed", "messages-in");
			Browser.until(() -> assertThat(browser.number("feed", "messages-in")).isGreaterThan(received + 4));
			browser.preferColorScheme("light");
			browser.writeScreenshot(Path.of("target", "dashboard.png"));
			browser.preferColorScheme("dark");
			browser.writeScreenshot(Path.of("target", "dashboard-dark.png"));
			assertThat(browser.complaints()).isEmpty();
		}
	}

	private static Duration since(long nanoTime) {
		return Duration.ofNanos(System.nanoTime() - nanoTime);
	}

	private static Duration seconds(double seconds) {
		return Duration.ofMillis((long) (seconds * 1000));
	}

}
