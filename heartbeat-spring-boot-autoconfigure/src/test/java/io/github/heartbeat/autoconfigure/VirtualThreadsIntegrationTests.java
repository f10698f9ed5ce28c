package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatHandshake;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.event.HeartbeatOpenEvent;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.github.heartbeat.testing.VirtualThreads;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that run the code of an application, depending on
 * {@code spring.threads.virtual.enabled}.
 */
@Timeout(60)
class VirtualThreadsIntegrationTests {

	private static final String ENABLED = "spring.threads.virtual.enabled=true";

	private static final String DISABLED = "spring.threads.virtual.enabled=false";

	private TestServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = new TestServer(Behaviour.ECHO);
	}

	@AfterEach
	void stopServer() throws IOException {
		this.server.close();
	}

	@ParameterizedTest
	@EnabledForJreRange(min = JRE.JAVA_21)
	@ValueSource(strings = { "tomcat", "jetty" })
	void whatMayBlockRunsOnVirtualThreads(String container, @TempDir Path directory) {
		Map<String, Thread> threads = run(container, ENABLED);
		assertThat(threads).hasSize(3).allSatisfy((what, thread) -> {
			assertThat(thread).as(what).matches(VirtualThreads::isVirtual);
			assertThat(thread.getName()).startsWith("heartbeat-");
		});
		await().untilAsserted(
				() -> assertThat(VirtualThreads.dump(directory.resolve("threads"))).doesNotContain("heartbeat-"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	void withoutThemItRunsOnPlatformThreads(String container) {
		assertThat(run(container, DISABLED)).hasSize(3).allSatisfy(VirtualThreadsIntegrationTests::isPlatformThread);
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void whereThereAreNoneThePropertyChangesNothing() {
		assertThat(run("tomcat", ENABLED)).hasSize(3).allSatisfy(VirtualThreadsIntegrationTests::isPlatformThread);
	}

	private static void isPlatformThread(String what, Thread thread) {
		assertThat(VirtualThreads.isVirtual(thread)).as(what).isFalse();
		assertThat(thread.getName()).startsWith("heartbeat-");
	}

	/**
	 * Return the threads, which have ended, by what ran on them first.
	 */
	private Map<String, Thread> run(String container, String property) {
		Application application;
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(property, "heartbeat.container=" + container,
					"heartbeat.clients.quotes.url=" + this.server.url(), "spring.main.banner-mode=off")
			.run()) {
			application = context.getBean(Application.class);
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			await().until(() -> client.isOpen() && application.threads.containsKey("hook"));
			await().until(() -> endsAFuture(client, application));
		}
		await().until(() -> application.threads.values().stream().noneMatch(Thread::isAlive));
		return application.threads;
	}

	/**
	 * Whether a future has ended after it was asked for what depends on it.
	 */
	private static boolean endsAFuture(HeartbeatClient client, Application application) {
		client.send("hello").thenRun(() -> application.threads.put("future", Thread.currentThread())).join();
		return application.threads.get("future") != Thread.currentThread();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application implements HeartbeatHandshakeCustomizer {

		final Map<String, Thread> threads = new ConcurrentHashMap<>();

		@Override
		public void customize(String clientName, HeartbeatHandshake handshake) {
			this.threads.put("connect", Thread.currentThread());
		}

		@EventListener
		void on(HeartbeatOpenEvent event) {
			this.threads.put("hook", Thread.currentThread());
		}

	}

}
