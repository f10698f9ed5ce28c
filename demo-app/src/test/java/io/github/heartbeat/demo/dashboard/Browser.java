package io.github.heartbeat.demo.dashboard;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.NotFoundException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real headless browser that shows a page. Tests are skipped if no browser is
 * installed, unless {@code -Dheartbeat.browser=required} demands one. The value
 * {@code none} always skips them.
 */
public final class Browser implements AutoCloseable {

	private static final String REQUIRED = "required";

	private static final String NONE = "none";

	private final ChromeDriver driver;

	private Browser(ChromeDriver driver) {
		this.driver = driver;
	}

	/**
	 * Open a browser, or skip the test if there is none.
	 * @return the browser
	 */
	public static Browser open() {
		String wanted = System.getProperty("heartbeat.browser", "");
		Assumptions.assumeFalse(NONE.equals(wanted), "No browser is wanted");
		Optional<Path> driver = find("chromedriver");
		Optional<Path> browser = Stream.of("chromium", "chromium-browser", "google-chrome")
			.flatMap((name) -> find(name).stream())
			.findFirst();
		boolean installed = driver.isPresent() && browser.isPresent();
		if (!installed && REQUIRED.equals(wanted)) {
			throw new IllegalStateException("No chromium with chromedriver is on the PATH");
		}
		Assumptions.assumeTrue(installed, "No chromium with chromedriver is on the PATH");
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driver.get().toFile())
			.build();
		return new Browser(new ChromeDriver(service, options(browser.get())));
	}

	private static Optional<Path> find(String name) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/**
	 * The browser requests only the page and stores nothing.
	 */
	private static ChromeOptions options(Path browser) {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(browser.toFile());
		options.addArguments("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
				"--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--window-size=1400,1000", "--lang=en");
		if ("root".equals(System.getProperty("user.name"))) {
			options.addArguments("--no-sandbox");
		}
		LoggingPreferences logging = new LoggingPreferences();
		logging.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logging);
		return options;
	}

	/**
	 * Return the driver of the browser.
	 * @return the driver
	 */
	public ChromeDriver driver() {
		return this.driver;
	}

	WebElement find(String css, Object... values) {
		return this.driver.findElement(By.cssSelector(css.formatted(values)));
	}

	/**
	 * Return a text on a client's card, also of the part that is folded.
	 */
	String text(String client, String what) {
		return find("[data-client='%s'] [data-is='%s']", client, what).getDomProperty("textContent");
	}

	/**
	 * Return a number on a client's card when the page has loaded it.
	 */
	long number(String client, String what) {
		until(() -> assertThat(text(client, what)).matches("\\d+"));
		return Long.parseLong(text(client, what));
	}

	/**
	 * Return the lines of the log without the time and the sign, latest last.
	 */
	List<String> log() {
		Object rows = this.driver.executeScript("return [...document.querySelectorAll('#hooks tr')]"
				+ ".map((row) => [row.dataset.client, row.dataset.kind, row.cells[3].textContent].join(' '))");
		return ((List<?>) rows).stream().map(String.class::cast).toList();
	}

	/**
	 * Run a script from the resources of the tests.
	 * @return the texts that it returns, or an empty list
	 */
	List<String> run(String script) {
		try (InputStream resource = Browser.class.getResourceAsStream(script)) {
			Object texts = this.driver.executeScript(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
			return (texts != null) ? ((List<?>) texts).stream().map(String.class::cast).toList() : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void press(String client, String action) {
		find("[data-client='%s'] [data-action='%s']", client, action).click();
	}

	void fault(String name) {
		until(() -> find("[data-fault='%s']", name).click());
	}

	void awaitState(String client, String state) {
		until(() -> {
			String text = text(client, "state");
			if (!text.endsWith(" " + state)) {
				throw new AssertionError(client + " is " + text + " and not " + state);
			}
		});
	}

	/**
	 * Wait until an assertion holds.
	 * @param assertion the assertion
	 */
	public static void until(ThrowingRunnable assertion) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.ignoreExceptionsMatching(
					(ex) -> ex instanceof NotFoundException || ex instanceof StaleElementReferenceException)
			.untilAsserted(assertion);
	}

	/**
	 * Choose an option of a filter of the log.
	 */
	void filter(String filter, String value) {
		find("#filter-%s [value='%s']", filter, value).click();
	}

	/**
	 * Return what the chart of a client shows, in words.
	 */
	String chart(String client) {
		return find("[data-client='%s'] .chart", client).getAccessibleName();
	}

	/**
	 * Change the size of the viewport, as on another device.
	 */
	void resize(int width, int height) {
		emulate("setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
		this.driver.executeAsyncScript("const [width, done] = arguments; const check = () => requestAnimationFrame("
				+ "innerWidth === width ? () => requestAnimationFrame(done) : check); check();", width);
	}

	/**
	 * Emulate another device.
	 * @param command the command of the domain {@code Emulation}
	 * @param parameters its parameters
	 */
	public void emulate(String command, Map<String, Object> parameters) {
		this.driver.executeCdpCommand("Emulation." + command, parameters);
	}

	/**
	 * Prefer the light or the dark color scheme.
	 */
	void preferColorScheme(String scheme) {
		emulate("setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	/**
	 * Return the messages in the console of the browser, except those that are only for
	 * developers.
	 */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.toList();
	}

	/**
	 * Write a picture of the visible part of the page.
	 * @param file the file to write
	 */
	public void writeScreenshot(Path file) {
		try {
			Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
