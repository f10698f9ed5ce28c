package io.github.heartbeat.demo.dashboard;

import java.nio.file.Path;
import java.time.Duration;

import io.github.heartbeat.demo.DemoRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a newcomer does first, with the times that {@code application.yml} says: ping 3 s,
 * pong 2 s, reconnect 2 s give or take a tenth.
 */
@Timeout(120)
class FreezeStoryIntegrationTests {

	@Test
	void aNewcomerSeesTwoLiveClientsFreezesThemAndWatchesThemRecover() {
		try (Browser browser = Browser.open(); DemoRun demo = DemoRun.start()) {
			long opened = System.nanoTime();
			browser.driver().get(demo.url());
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			assertThat(since(opened)).isLessThan(Duration.ofSeconds(10));
			Browser.until(() -> assertThat(browser.number("echo", "heartbeats")).isGreaterThanOrEqualTo(3));
			long frozen = System.nanoTime();
			browser.fault("freeze");
			browser.awaitState("feed", "WAITING");
			assertThat(since(frozen)).as("a price comes every second").isBetween(seconds(3.8), seconds(8));
			browser.awaitState("echo", "WAITING");
			browser.writeScreenshot(Path.of("target", "dashboard.png"));
			Browser.until(() -> assertThat(browser.text("echo", "last-close"))
				.endsWith("with 1006 (no close frame): a heartbeat was not answered"));
			browser.awaitState("feed", "OPEN");
			browser.awaitState("echo", "OPEN");
			assertThat(since(frozen)).isBetween(seconds(5.5), seconds(14));
			Browser.until(() -> assertThat(browser.text("feed", "causes")).isEqualTo("heartbeat 1"));
			Browser.until(() -> assertThat(browser.text("echo", "causes")).isEqualTo("heartbeat 1"));
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
