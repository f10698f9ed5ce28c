package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.testing.OpenSockets;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications are closed and restarted in each state of a client. No thread, socket or
 * timer of the starter remains. Timers run in a thread, so the threads cover them.
 */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@ValueSource(strings = { "tomcat", "jetty" })
class LifecycleIntegrationTests {

	/**
	 * Number of files that the rest of the JVM can open meanwhile: classes, jars, sockets
	 * of tests.
	 */
	private static final int OTHERS = 20;

	@Parameter
	String container;

	private TestServer server;

	private ConfigurableApplicationContext context;

	private long descriptorsBefore;

	@BeforeEach
	void start() throws IOException {
		this.descriptorsBefore = OpenSockets.fileDescriptors();
		this.server = new TestServer(Behaviour.ECHO);
	}

	@AfterEach
	void nothingIsLeft() throws IOException {
		this.context.close();
		OpenSockets.await(() -> OpenSockets.establishedTo(this.server.port()).isEmpty());
		this.server.close();
		OurThreads.awaitNone();
		until(() -> OpenSockets.fileDescriptors() <= this.descriptorsBefore + OTHERS);
	}

	private static void until(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.pollInterval(Duration.ofMillis(5))
			.until(condition::getAsBoolean);
	}

	private void run(State state) throws IOException {
		this.server.behave(state.behaviour);
		if (state == State.WAITING || state == State.EXHAUSTED) {
			this.server.refuse();
		}
		List<String> properties = new ArrayList<>(List.of("heartbeat.container=" + this.container,
				"heartbeat.clients.feed.url=" + this.server.url(), "heartbeat.clients.feed.close-timeout=300ms",
				"heartbeat.clients.feed.ping-timeout=" + ((state == State.HEARTBEAT_IN_FLIGHT) ? "100ms" : "1m"),
				"heartbeat.clients.feed.reconnect-timeout=" + ((state == State.WAITING) ? "1m" : "50ms"),
				"heartbeat.clients.feed.send.queue-bytes=100MB", "heartbeat.max-connects-per-origin=100",
				"spring.lifecycle.timeout-per-shutdown-phase=10s", "spring.main.banner-mode=off"));
		if (state == State.EXHAUSTED) {
			properties.add("heartbeat.clients.feed.repeat-limit=0");
		}
		if (state == State.STOPPED) {
			properties.add("heartbeat.clients.feed.auto-startup=false");
		}
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
		reach(state, this.context.getBean(HeartbeatClient.class));
	}

	private void reach(State state, HeartbeatClient client) {
		until(() -> client.getState() == state.reached);
		switch (state) {
			case CONNECTING -> until(() -> !this.server.connections().isEmpty());
			case HEARTBEAT_IN_FLIGHT -> until(() -> this.server.connection(1).received().contains("TEXT heartbeat"));
			case SEND_BLOCKED -> IntStream.range(0, 20).forEach((i) -> client.send("x".repeat(1_000_000)));
			case CLOSING -> client.close();
			default -> {
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void theApplicationIsClosed(State state) throws Exception {
		run(state);
		Application application = this.context.getBean(Application.class);
		HeartbeatClient client = this.context.getBean(HeartbeatClient.class);
		long start = System.nanoTime();
		this.context.close();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(5.0);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		assertThat(application.eventsAfterDestruction).isEmpty();
		if (state == State.OPEN) {
			assertThat(this.server.connection(1).next()).isEqualTo("CLOSE 1001");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theApplicationIsStoppedAndStartedAgain(State state) throws Exception {
		run(state);
		HeartbeatClient client = this.context.getBean(HeartbeatClient.class);
		this.context.stop();
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		this.server.behave(Behaviour.ECHO);
		if (state == State.WAITING || state == State.EXHAUSTED) {
			this.server.acceptAgain();
		}
		this.context.start();
		if (state == State.STOPPED || state == State.EXHAUSTED || state == State.CLOSING) {
			assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
			client.open();
		}
		until(client::isOpen);
		client.send("hello").join();
	}

	@Test
	void theApplicationIsClosedWhileAHundredConnectsAreInFlight() throws Exception {
		run(State.CONNECTING);
		HeartbeatClients clients = this.context.getBean(HeartbeatClients.class);
		HeartbeatClient feed = this.context.getBean(HeartbeatClient.class);
		for (int i = 0; i < 99; i++) {
			clients.create("feed-" + i, feed.getSettings());
		}
		until(() -> this.server.connections().size() >= 100);
		long start = System.nanoTime();
		this.context.close();
		assertThat((System.nanoTime() - start) / 1e9).isLessThan(5.0);
		assertThat(clients.getAll().values()).hasSize(100)
			.allSatisfy((client) -> assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED));
	}

	enum State {

		STOPPED(Behaviour.ECHO, HeartbeatClientState.STOPPED),

		CONNECTING(Behaviour.MUTE, HeartbeatClientState.CONNECTING),

		OPEN(Behaviour.ECHO, HeartbeatClientState.OPEN),

		HEARTBEAT_IN_FLIGHT(Behaviour.SILENT, HeartbeatClientState.OPEN),

		SEND_BLOCKED(Behaviour.FROZEN, HeartbeatClientState.OPEN),

		CLOSING(Behaviour.SILENT, HeartbeatClientState.OPEN),

		WAITING(Behaviour.ECHO, HeartbeatClientState.WAITING),

		EXHAUSTED(Behaviour.ECHO, HeartbeatClientState.EXHAUSTED);

		private final Behaviour behaviour;

		private final HeartbeatClientState reached;

		State(Behaviour behaviour, HeartbeatClientState reached) {
			this.behaviour = behaviour;
			this.reached = reached;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HeartbeatAutoConfiguration.class, LifecycleAutoConfiguration.class })
	static class Application implements AutoCloseable {

		private final List<HeartbeatEvent> eventsAfterDestruction = new CopyOnWriteArrayList<>();

		private volatile boolean destroyed;

		@EventListener
		void on(HeartbeatEvent event) {
			if (this.destroyed) {
				this.eventsAfterDestruction.add(event);
			}
		}

		@Override
		public void close() {
			this.destroyed = true;
		}

	}

}
