package io.github.heartbeat.autoconfigure.listener;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import io.github.heartbeat.testing.ImportHeartbeatAutoConfigurations;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Messages as objects on real sockets.
 */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = { "tomcat", "jetty" })
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class TypedMessageIntegrationTests {

	/** Part of every secret, and of nothing else. */
	private static final String MARK = "hush";

	private static final String QUOTE = "{\"symbol\":\"EURUSD\",\"price\":1.25}";

	@Parameter
	String container;

	private TestServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = new TestServer(Behaviour.ECHO);
	}

	@AfterEach
	void stopServer() throws IOException {
		this.server.close();
		OurThreads.awaitNone();
	}

	private ConfigurableApplicationContext run(Class<?> application, String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
			.properties("heartbeat.clients.quotes.url=" + this.server.url(), "heartbeat.container=" + this.container,
					"server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always")
			.properties(properties)
			.run();
		HeartbeatClient client = context.getBean(HeartbeatClient.class);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(client::isOpen);
		return context;
	}

	private static void until(List<?> lines, int size) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> lines.size() >= size);
	}

	@Test
	void methodsAreCalledAfterListenersAndBeforeEventsOnTheSameThread() {
		try (ConfigurableApplicationContext context = run(Ordering.class, "spring.main.web-application-type=none")) {
			Ordering order = context.getBean(Ordering.class);
			context.getBean(HeartbeatClient.class).send("a").join();
			until(order.lines, 4);
			assertThat(order.lines).containsExactly("listener", "first", "second", "event");
			assertThat(order.threads).hasSize(4).containsOnly(order.threads.get(0));
		}
	}

	@ImportHeartbeatAutoConfigurations
	@ImportAutoConfiguration(JacksonAutoConfiguration.class)
	static class Ordering implements HeartbeatListener {

		private final List<String> lines = new CopyOnWriteArrayList<>();

		private final List<Thread> threads = new CopyOnWriteArrayList<>();

		private void add(String line) {
			this.threads.add(Thread.currentThread());
			this.lines.add(line);
		}

		@Order(2)
		@HeartbeatMessageListener
		void second(String text) {
			add("second");
		}

		@Order(1)
		@HeartbeatMessageListener("quotes")
		void first(String text) {
			add("first");
		}

		@HeartbeatMessageListener("others")
		void others(String text) {
			add("others");
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			add("listener");
		}

		@EventListener
		void on(HeartbeatMessageEvent event) {
			add("event");
		}

	}

	/**
	 * The server sends the messages that the test needs and answers with what it
	 * received.
	 */
	@Test
	void objectsAreReadFromTextAndBinaryAndResultsAreSent() {
		this.server.behave((connection) -> {
			connection.upgrade();
			connection.text(QUOTE);
			connection.binary(QUOTE.getBytes(StandardCharsets.UTF_8));
			connection.text("{\"type\":\"fill\",\"id\":7}");
			connection.text("[{\"type\":\"cancel\",\"id\":8}]");
			connection.echo();
		});
		try (ConfigurableApplicationContext context = run(Objects.class, "spring.main.web-application-type=none")) {
			Objects objects = context.getBean(Objects.class);
			until(objects.received, 4);
			assertThat(objects.received).startsWith(new Quote("EURUSD", 1.25), new Quote("EURUSD", 1.25), new Fill(7),
					List.of(new Cancel(8)));
			Awaitility.await().untilAsserted(() -> assertThat(objects.texts).contains("{\"seen\":\"EURUSD\"}"));
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			client.convertAndSend(new Quote("GBPUSD", 2)).join();
			Awaitility.await().untilAsserted(() -> assertThat(objects.received).contains(new Quote("GBPUSD", 2)));
			assertThatIllegalArgumentException().isThrownBy(() -> client.convertAndSend(new Unwritable()))
				.withMessageStartingWith("Client 'quotes' cannot send an object of type ")
				.withNoCause();
			assertThat(client.getSnapshot().reconnects()).isZero();
		}
	}

	record Quote(String symbol, double price) {
	}

	record Reply(String seen) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Fill.class, name = "fill"),
			@JsonSubTypes.Type(value = Cancel.class, name = "cancel") })
	sealed interface Trade permits Fill, Cancel {

	}

	record Fill(int id) implements Trade {
	}

	record Cancel(int id) implements Trade {
	}

	static class Unwritable {

		public String getText() {
			throw new IllegalStateException("hush");
		}

	}

	@ImportHeartbeatAutoConfigurations
	@ImportAutoConfiguration(JacksonAutoConfiguration.class)
	static class Objects {

		private final List<Object> received = new CopyOnWriteArrayList<>();

		private final List<String> texts = new CopyOnWriteArrayList<>();

		@HeartbeatMessageListener("quotes")
		Reply onQuote(Quote quote) {
			this.received.add(quote);
			return new Reply(quote.symbol());
		}

		@HeartbeatMessageListener("quotes")
		void onTrade(Trade trade) {
			this.received.add(trade);
		}

		@HeartbeatMessageListener("quotes")
		void onTrades(List<Trade> trades, HeartbeatClient client) {
			this.received.add(trades);
		}

		@HeartbeatMessageListener("quotes")
		void onText(String text) {
			this.texts.add(text);
		}

	}

	@Test
	void whatCannotBeConvertedIsAnErrorWithoutAWordOfThePayload(CapturedOutput output) throws Exception {
		List<String> seen = new ArrayList<>();
		try (ConfigurableApplicationContext context = run(Failing.class, "logging.level.root=info",
				"logging.level.io.github.heartbeat=info")) {
			Failing failing = context.getBean(Failing.class);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			client.send("{\"symbol\":\"hush-1\",\"price\":\"hush-2\",\"hush-3").join();
			client.send("{\"symbol\":\"hush-4\",\"price\":\"hush-5\"}").join();
			client.send(new BinaryMessage("hush-6 \u00e4".getBytes(StandardCharsets.ISO_8859_1))).join();
			until(failing.errors, 9);
			assertThat(failing.bytes).hasSize(3);
			assertThat(failing.errors).filteredOn((error) -> error.getCause().getKind() == Kind.CONVERSION)
				.hasSize(6)
				.allSatisfy((error) -> assertThat(error.getCause().getMessage()).contains("client 'quotes'")
					.containsAnyOf("Failing.onQuote(Quote)", "Failing.onSameQuote(Quote)"));
			assertThat(failing.errors).filteredOn((error) -> error.getCause().getKind() == Kind.LISTENER)
				.hasSize(3)
				.allSatisfy((error) -> assertThat(error.getCause())
					.hasMessageContaining("Failing.onBytes(byte[]), threw java.lang.IllegalStateException"));
			assertThat(client.isOpen()).isTrue();
			assertThat(client.getSnapshot().reconnects()).isZero();
			failing.errors.forEach((error) -> {
				seen.add(error.toString());
				assertThat(error.getCause()).hasNoCause();
				seen.add(error.getCause().toString());
			});
			seen.add(client.getSnapshot().toString());
			String port = context.getEnvironment().getProperty("local.server.port");
			for (String path : List.of("health", "heartbeat", "heartbeat/quotes", "prometheus")) {
				seen.add(get("http://127.0.0.1:" + port + "/actuator/" + path));
			}
		}
		assertThat(output).contains("The conversion of a message of client 'quotes' to " + Quote.class.getName()
				+ " for Failing.onQuote(Quote) threw tools.jackson");
		output.getAll().lines().forEach(seen::add);
		assertThat(seen).hasSizeGreaterThan(20).allSatisfy((text) -> assertThat(text).doesNotContainIgnoringCase(MARK));
	}

	private static String get(String url) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
			.body();
	}

	@EnableAutoConfiguration
	static class Failing {

		private final List<HeartbeatErrorEvent> errors = new CopyOnWriteArrayList<>();

		private final List<byte[]> bytes = new CopyOnWriteArrayList<>();

		@Order(1)
		@HeartbeatMessageListener
		void onQuote(Quote quote) {
			throw new AssertionError("Converted");
		}

		@Order(2)
		@HeartbeatMessageListener
		void onSameQuote(Quote quote) {
			throw new AssertionError("Converted");
		}

		@Order(3)
		@HeartbeatMessageListener
		void onBytes(byte[] bytes) {
			this.bytes.add(bytes);
			throw new IllegalStateException(new String(bytes, StandardCharsets.UTF_8));
		}

		@EventListener
		void on(HeartbeatErrorEvent error) {
			this.errors.add(error);
		}

	}

	/**
	 * While a method runs, no further message is delivered, and the next one follows in
	 * order.
	 */
	@Test
	void aSlowMethodHoldsBackTheNextMessage() throws Exception {
		try (ConfigurableApplicationContext context = run(Slow.class, "spring.main.web-application-type=none")) {
			Slow slow = context.getBean(Slow.class);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			CompletableFuture.allOf(client.send("1"), client.send("2"), client.send("3")).join();
			until(slow.received, 1);
			assertThat(slow.received).containsExactly("1");
			slow.release.countDown();
			until(slow.received, 3);
			assertThat(slow.received).containsExactly("1", "2", "3");
		}
	}

	@ImportHeartbeatAutoConfigurations
	@ImportAutoConfiguration(JacksonAutoConfiguration.class)
	static class Slow {

		private final List<String> received = new CopyOnWriteArrayList<>();

		private final CountDownLatch release = new CountDownLatch(1);

		@HeartbeatMessageListener
		void on(String text) throws InterruptedException {
			this.received.add(text);
			if (!this.release.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Not released");
			}
		}

	}

	@Test
	void aConverterOfTheApplicationPrecedesJson() {
		try (ConfigurableApplicationContext context = run(WithConverter.class,
				"spring.main.web-application-type=none")) {
			WithConverter converting = context.getBean(WithConverter.class);
			context.getBean(HeartbeatClient.class).convertAndSend(new Quote("EURUSD", 1.25)).join();
			until(converting.received, 1);
			assertThat(converting.received).containsExactly(new Quote("EURUSD", 0));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	@ImportAutoConfiguration(JacksonAutoConfiguration.class)
	@Import(SymbolConverter.class)
	static class WithConverter {

		private final List<Quote> received = new CopyOnWriteArrayList<>();

		@HeartbeatMessageListener
		void on(Quote quote) {
			this.received.add(quote);
		}

	}

	static class SymbolConverter implements HeartbeatMessageConverter {

		@Override
		public boolean canRead(ResolvableType type) {
			return type.toClass() == Quote.class;
		}

		@Override
		public Object read(WebSocketMessage<?> message, ResolvableType type) {
			return new Quote((String) message.getPayload(), 0);
		}

		@Override
		public boolean canWrite(Class<?> type) {
			return type == Quote.class;
		}

		@Override
		public WebSocketMessage<?> write(Object payload) {
			return new TextMessage(((Quote) payload).symbol());
		}

	}

	@Test
	void aClientThatIsCreatedAtRunTimeCallsTheMethods() {
		try (ConfigurableApplicationContext context = run(Ordering.class, "spring.main.web-application-type=none")) {
			Ordering order = context.getBean(Ordering.class);
			HeartbeatClient client = context.getBean(HeartbeatClients.class)
				.create("others", HeartbeatClientSettings.builder(this.server.url()).build());
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(client::isOpen);
			client.send("a").join();
			until(order.lines, 4);
			assertThat(order.lines).containsExactly("listener", "second", "others", "event");
		}
	}

}
