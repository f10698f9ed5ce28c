package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base class of tests with clients on real sockets and a server whose behaviour the test
 * sets. After each test, no resource of the library may remain.
 */
@Timeout(60)
public abstract class LiveClients {

	private final HookLog log = new HookLog();

	private DefaultHeartbeatClients clients;

	private TestServer server;

	protected abstract HeartbeatContainer container();

	@BeforeEach
	protected void start() throws IOException {
		this.server = new TestServer(Behaviour.ECHO);
		this.clients = newClients();
		this.clients.start();
	}

	protected DefaultHeartbeatClients newClients() {
		return TestClients.create(container(), extensions());
	}

	protected ClientExtensions extensions() {
		return TestClients.extensions(() -> List.of(this.log), this::observers, TestClients.noBundles());
	}

	protected List<HeartbeatClientObserverFactory> observers() {
		return List.of();
	}

	@AfterEach
	protected void stop() throws IOException {
		this.clients.destroy();
		this.server.close();
		stopContainer();
		assertThat(this.log.hasOverlapped()).isFalse();
		OurThreads.awaitNone();
	}

	/**
	 * Stop what the container runs on and the clients do not stop.
	 */
	protected void stopContainer() {
	}

	protected HookLog log() {
		return this.log;
	}

	protected TestServer server() {
		return this.server;
	}

	protected DefaultHeartbeatClients clients() {
		return this.clients;
	}

	protected HeartbeatClientSettings.Builder settings() {
		return settings(this.server.url());
	}

	/**
	 * Return settings for a URL. The log observes each hook from before the listeners
	 * that a test adds until after them.
	 */
	protected HeartbeatClientSettings.Builder settings(String url) {
		return HeartbeatClientSettings.builder(url)
			.listener(this.log.first())
			.reconnectTimeout(Duration.ofMillis(200))
			.reconnectJitter(0)
			.connectTimeout(Duration.ofSeconds(5));
	}

	protected HeartbeatClient create(HeartbeatClientSettings.Builder settings) {
		return this.clients.create("test", settings.build());
	}

	protected HeartbeatClient open(HeartbeatClientSettings.Builder settings) {
		HeartbeatClient client = create(settings);
		this.log.await("OPEN");
		return client;
	}

	protected static void until(BooleanSupplier condition) {
		await(Duration.ofSeconds(10), Duration.ofMillis(2), condition);
	}

	protected static void await(Duration atMost, Duration interval, BooleanSupplier condition) {
		Awaitility.await().atMost(atMost).pollInterval(interval).until(condition::getAsBoolean);
	}

	public static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			if (!latch.await(40, TimeUnit.SECONDS)) {
				throw new AssertionError("Not released");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	protected static Reason reasonOf(CompletableFuture<Void> send) {
		try {
			send.join();
			throw new AssertionError("Was sent");
		}
		catch (CompletionException ex) {
			return ((HeartbeatSendException) ex.getCause()).getReason();
		}
	}

}
