package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.event.HeartbeatCloseEvent;
import io.github.heartbeat.event.HeartbeatErrorEvent;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatExhaustedEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.event.HeartbeatReconnectEvent;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.socket.BinaryMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Applications on real sockets.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ApplicationIntegrationTests {

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

	private ConfigurableApplicationContext run(Class<?> application, WebApplicationType type, String... properties) {
		return new SpringApplicationBuilder(application).web(type)
			.properties("heartbeat.clients.quotes.url=" + this.server.url(),
					"heartbeat.defaults.reconnect-timeout=100ms", "heartbeat.defaults.reconnect-jitter=0",
					"server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
	}

	private static void until(Recorder recorder, int events) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> recorder.events.size() >= events);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void messagesAreDeliveredWithTheNameOfTheirClientInTheMdcIfEnabled(boolean enabled) throws Exception {
		try (ConfigurableApplicationContext context = run(MdcRecorder.class, WebApplicationType.NONE,
				"heartbeat.client-name-in-mdc=" + enabled)) {
			MdcRecorder recorder = context.getBean(MdcRecorder.class);
			Awaitility.await().until(() -> context.getBean(HeartbeatClient.class).isOpen());
			context.getBean(HeartbeatClient.class).send("hello").join();
			assertThat(recorder.names.poll(10, TimeUnit.SECONDS)).isEqualTo(enabled ? "quotes" : "none");
		}
	}

	@Test
	void hooksAreApplicationEvents() throws Exception {
		try (ConfigurableApplicationContext context = run(CompleteApplication.class, WebApplicationType.NONE,
				"heartbeat.defaults.repeat-limit=1")) {
			Recorder recorder = context.getBean(Recorder.class);
			until(recorder, 1);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			long before = System.currentTimeMillis();
			client.send("hello").join();
			client.send(new BinaryMessage(new byte[] { 1, 2, 3 })).join();
			until(recorder, 3);
			this.server.refuse();
			this.server.connection(1).close(4000);
			until(recorder, 7);
			assertThat(recorder.events).extracting((event) -> event.getClass().getSimpleName())
				.containsExactly("HeartbeatOpenEvent", "HeartbeatMessageEvent", "HeartbeatMessageEvent",
						"HeartbeatCloseEvent", "HeartbeatReconnectEvent", "HeartbeatErrorEvent",
						"HeartbeatExhaustedEvent");
			assertThat(recorder.events).allSatisfy((event) -> {
				assertThat(event.getClient()).isSameAs(client);
				assertThat(event.getSource()).isSameAs(client);
				assertThat(event.getClientName()).isEqualTo("quotes");
			});
			assertThat(((HeartbeatOpenEvent) recorder.events.get(0)).isReconnect()).isFalse();
			assertThat(((HeartbeatOpenEvent) recorder.events.get(0)).getSession()).isNotNull();
			assertThat(((HeartbeatMessageEvent) recorder.events.get(1)).getMessage().getPayload()).isEqualTo("hello");
			assertThat(recorder.events.get(1).getTimestamp()).isBetween(before, System.currentTimeMillis());
			HeartbeatMessageEvent binary = (HeartbeatMessageEvent) recorder.events.get(2);
			ByteBuffer first = (ByteBuffer) binary.getMessage().getPayload();
			first.get();
			assertThat(first.isReadOnly()).isTrue();
			assertThat(((ByteBuffer) binary.getMessage().getPayload()).remaining()).isEqualTo(3);
			HeartbeatReconnectEvent reconnect = (HeartbeatReconnectEvent) recorder.events.get(4);
			assertThat(reconnect.getAttempt()).isEqualTo(1);
			assertThat(reconnect.getWait()).hasMillis(100);
			assertThat(reconnect.getCause()).hasMessageContaining("4000");
			HeartbeatExhaustedEvent exhausted = (HeartbeatExhaustedEvent) recorder.events.get(6);
			assertThat(exhausted.getAttempts()).isEqualTo(1);
			assertThat(client.getState()).isEqualTo(HeartbeatClientState.EXHAUSTED);
		}
	}

	@ParameterizedTest
	@CsvSource({ "unrelated,false", "org.apache.tomcat.websocket.WsRemoteEndpointImplClient,true" })
	void tomcatLogsAResetInAWriteOnlyIfTheApplicationSetsTheLevelOfItsLogger(String logger, boolean logged,
			CapturedOutput output) throws Exception {
		this.server.behave(Behaviour.FROZEN);
		try (ConfigurableApplicationContext context = run(Application.class, WebApplicationType.NONE,
				"heartbeat.container=tomcat", "heartbeat.defaults.send.queue-bytes=100MB",
				"logging.level." + logger + "=warn")) {
			Recorder recorder = context.getBean(Recorder.class);
			until(recorder, 1);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			List<CompletableFuture<Void>> sends = IntStream.range(0, 20)
				.mapToObj((i) -> client.send("x".repeat(1_000_000)))
				.toList();
			Awaitility.await().until(ApplicationIntegrationTests::isAWriteBlocked);
			this.server.connection(1).reset();
			Awaitility.await().until(() -> sends.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
			assertThat(output.getAll().contains("Write to the remote endpoint failed")).isEqualTo(logged);
		}
	}

	private static boolean isAWriteBlocked() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.anyMatch((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getClassName().endsWith(".WsRemoteEndpointImplClient")));
	}

	@Test
	void conditionsPickTheEventsOfOneClient() {
		try (ConfigurableApplicationContext context = run(ConditionalApplication.class, WebApplicationType.NONE,
				"heartbeat.clients.other.url=" + this.server.url())) {
			ConditionalApplication application = context.getBean(ConditionalApplication.class);
			Awaitility.await()
				.until(() -> context.getBean(HeartbeatClients.class)
					.getAll()
					.values()
					.stream()
					.allMatch(HeartbeatClient::isOpen));
			context.getBean("other", HeartbeatClient.class).send("to other").join();
			context.getBean("quotes", HeartbeatClient.class).send("to quotes").join();
			Awaitility.await().until(() -> !application.messages.isEmpty());
			assertThat(application.messages).containsExactly("to quotes");
		}
	}

	@Test
	void closingTheApplicationClosesWith1001AndPublishesTheClose() throws Exception {
		ConfigurableApplicationContext context = run(Application.class, WebApplicationType.NONE);
		Recorder recorder = context.getBean(Recorder.class);
		until(recorder, 1);
		context.close();
		assertThat(this.server.connection(1).next()).isEqualTo("CLOSE 1001");
		this.server.connection(1).awaitEnd();
		assertThat(recorder.events).hasSize(2);
		HeartbeatCloseEvent close = (HeartbeatCloseEvent) recorder.events.get(1);
		assertThat(close.getStatus().getCode()).isEqualTo(1001);
	}

	@Test
	void closingTheApplicationOverAFrozenLinkIsBoundedByCloseTimeout() throws Exception {
		this.server.behave(Behaviour.FROZEN);
		ConfigurableApplicationContext context = run(Application.class, WebApplicationType.NONE,
				"heartbeat.defaults.close-timeout=300ms");
		until(context.getBean(Recorder.class), 1);
		long start = System.nanoTime();
		context.close();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
		TestServer.Connection frozen = this.server.connection(1);
		frozen.thaw();
		frozen.awaitEnd();
	}

	@Test
	void aHookMayCloseTheApplication() {
		ConfigurableApplicationContext context = run(SelfClosingApplication.class, WebApplicationType.NONE);
		Awaitility.await().until(context.getBean(HeartbeatClient.class)::isOpen);
		long start = System.nanoTime();
		context.getBean(HeartbeatClient.class).send("close").join();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !context.isActive() && !context.isRunning());
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(10);
	}

	@Test
	void aStuckHookHoldsTheShutdownForThePhaseTimeoutOnlyAndNothingIsPublishedAfterwards() throws Exception {
		ConfigurableApplicationContext context = run(StuckApplication.class, WebApplicationType.NONE,
				"spring.lifecycle.timeout-per-shutdown-phase=500ms");
		StuckApplication application = context.getBean(StuckApplication.class);
		Awaitility.await().until(context.getBean(HeartbeatClient.class)::isOpen);
		context.getBean(HeartbeatClient.class).send("stuck").join();
		context.getBean(HeartbeatClient.class).send("never").join();
		assertThat(application.entered.await(10, TimeUnit.SECONDS)).isTrue();
		long start = System.nanoTime();
		context.close();
		assertThat((System.nanoTime() - start) / 1e9).isBetween(0.4, 10.0);
		application.release.countDown();
		this.server.connection(1).awaitEnd();
		assertThat(application.left.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(application.events).containsExactly("MESSAGE stuck");
	}

	@ParameterizedTest
	@EnumSource
	void clientsLiveInApplicationsOfEveryType(WebApplicationType type) throws Exception {
		Recorder recorder;
		try (ConfigurableApplicationContext context = run(CompleteApplication.class, type)) {
			recorder = context.getBean(Recorder.class);
			until(recorder, 1);
			assertThat(recorder.events).singleElement().isInstanceOf(HeartbeatOpenEvent.class);
			assertThat(typeOf(context)).isEqualTo(type);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			client.send("hello").join();
			assertThat(this.server.connection(1).next()).isEqualTo("TEXT hello");
			until(recorder, 2);
		}
		assertThat(this.server.connection(1).next()).isEqualTo("CLOSE 1001");
		this.server.connection(1).awaitEnd();
		assertThat(recorder.events).last().isInstanceOf(HeartbeatCloseEvent.class);
	}

	private static WebApplicationType typeOf(ConfigurableApplicationContext context) {
		if (context instanceof ReactiveWebServerApplicationContext) {
			return WebApplicationType.REACTIVE;
		}
		return (context instanceof ServletWebServerApplicationContext) ? WebApplicationType.SERVLET
				: WebApplicationType.NONE;
	}

	@Test
	void aClientMadeAtRunTimePublishesEventsToo() {
		try (ConfigurableApplicationContext context = run(Application.class, WebApplicationType.NONE)) {
			Recorder recorder = context.getBean(Recorder.class);
			until(recorder, 1);
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			clients.create("late", HeartbeatClientSettings.builder(this.server.url()).build());
			until(recorder, 2);
			assertThat(recorder.events.get(1).getClientName()).isEqualTo("late");
			assertThat(clients.remove("late")).isTrue();
			until(recorder, 3);
			assertThat(recorder.events.get(2)).isInstanceOf(HeartbeatCloseEvent.class);
		}
	}

	@Test
	void anUnreachableServerDoesNotKeepTheApplicationFromStarting() throws Exception {
		this.server.refuse();
		try (ConfigurableApplicationContext context = run(Application.class, WebApplicationType.NONE)) {
			until(context.getBean(Recorder.class), 2);
			this.server.acceptAgain();
			Awaitility.await().until(context.getBean(HeartbeatClient.class)::isOpen);
		}
	}

	@Test
	void aBadValueStopsTheApplicationWithAnAnalysis(CapturedOutput output) {
		SpringApplication application = new SpringApplication(CompleteApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(
				() -> application.run("--heartbeat.clients.quotes.url=http://user:secret@localhost/x?k=secret"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'heartbeat.clients.quotes.url' is 'http://localhost/x?k=***', which has the scheme 'http'")
			.contains("use ws://localhost/x?k=***");
		assertThat(output.toString().substring(output.toString().indexOf("APPLICATION FAILED")))
			.doesNotContain("secret");
	}

	static class Recorder {

		final List<HeartbeatEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(HeartbeatEvent event) {
			this.events.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Recorder.class)
	static class CompleteApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	@Import(Recorder.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class ConditionalApplication {

		final List<Object> messages = new CopyOnWriteArrayList<>();

		@EventListener(condition = "event.clientName == 'quotes'")
		void on(HeartbeatMessageEvent event) {
			this.messages.add(event.getMessage().getPayload());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class SelfClosingApplication {

		private final ConfigurableApplicationContext context;

		SelfClosingApplication(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@EventListener
		void on(HeartbeatMessageEvent event) {
			this.context.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class StuckApplication {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		final CountDownLatch left = new CountDownLatch(1);

		final List<String> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(HeartbeatMessageEvent event) {
			this.events.add("MESSAGE " + event.getMessage().getPayload());
			this.entered.countDown();
			boolean interrupted = false;
			while (this.release.getCount() > 0) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			this.left.countDown();
		}

		@EventListener
		void on(HeartbeatCloseEvent event) {
			this.events.add("CLOSE");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class MdcRecorder {

		final BlockingQueue<String> names = new LinkedBlockingQueue<>();

		@EventListener
		void onMessage(HeartbeatMessageEvent event) {
			this.names.add(Objects.requireNonNullElse(MDC.get("heartbeat.client"), "none"));
		}

	}

}
