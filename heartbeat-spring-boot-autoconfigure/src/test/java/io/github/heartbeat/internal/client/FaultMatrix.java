package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.testing.FaultProxy;
import io.github.heartbeat.testing.FaultProxy.Fault;
import io.github.heartbeat.testing.FaultProxy.Stage;
import io.github.heartbeat.testing.HookGrammar;
import io.github.heartbeat.testing.OpenSockets;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests every network fault in every state of a client. Each container has its own class,
 * so that two JVMs share the matrix. Half of the cells run with compression, on the other
 * container the other half.
 */
abstract class FaultMatrix extends LiveClients {

	private static final String LOST = "CLOSE 1006 TRANSPORT";

	private static final String DEAD = "CLOSE 1006 HEARTBEAT";

	private final AtomicInteger probes = new AtomicInteger();

	private final List<CompletableFuture<Void>> sends = new ArrayList<>();

	private FaultProxy proxy;

	private boolean compressed;

	@BeforeEach
	void startProxy() throws IOException {
		this.proxy = new FaultProxy(server().port());
	}

	@AfterEach
	void stopProxy() throws IOException {
		this.proxy.close();
	}

	private HeartbeatClientSettings.Builder faultSettings() {
		return settings(this.proxy.url()).pingTimeout(Duration.ofMillis(250))
			.pongTimeout(Duration.ofMillis(350))
			.reconnectTimeout(Duration.ofMillis(60))
			.connectTimeout(Duration.ofMillis(700))
			.closeTimeout(Duration.ofMillis(400))
			.sendTimeout(Duration.ofMillis(900))
			.sendQueueBytes(DataSize.ofMegabytes(100))
			.compressionEnabled(this.compressed);
	}

	/**
	 * Return settings under which a slow machine does not resemble the fault. The pong
	 * timeout is short only if a missing answer is the only sign of the fault. The
	 * connect timeout is long if the fault only slows the handshake down.
	 */
	private HeartbeatClientSettings.Builder faultSettings(Fault fault) {
		HeartbeatClientSettings.Builder settings = faultSettings();
		if (!isSilent(fault)) {
			settings.pongTimeout(Duration.ofSeconds(5));
		}
		if (isOnlySlow(fault)) {
			settings.connectTimeout(Duration.ofSeconds(10));
		}
		return settings;
	}

	private static boolean isSilent(Fault fault) {
		return fault == Fault.DROP || fault == Fault.STOP_READING;
	}

	static Stream<Arguments> cells() {
		return Arrays.stream(State.values())
			.flatMap((state) -> Arrays.stream(Fault.values()).map((fault) -> Arguments.of(state, fault)));
	}

	@ParameterizedTest
	@MethodSource("cells")
	void theClientRecovers(State state, Fault fault) throws Exception {
		this.compressed = (state.ordinal() + fault.ordinal()) % 2 == container().ordinal() % 2;
		server().compress();
		HeartbeatClient client = switch (state) {
			case BEFORE_CONNECT, DURING_UPGRADE -> connecting(state, fault);
			case BEFORE_LOGIN -> connecting(state, fault);
			case DURING_LOGIN -> loggingIn(fault);
			case AFTER_LOGIN -> loggedIn(fault);
			case OPEN_AND_IDLE -> idle(fault);
			case OPEN_AND_BUSY -> busy(fault);
			case HEARTBEAT_IN_FLIGHT -> heartbeatInFlight(fault);
			case SEND_BLOCKED -> sendBlocked(fault);
			case CLOSING -> closing(fault);
			case WAITING -> waiting(fault);
		};
		assertWorksAgain(client);
		if (state == State.CLOSING) {
			HookGrammar.checkWithCloses(log().lines());
		}
		else {
			HookGrammar.check(log().lines());
		}
		until(() -> this.sends.stream().allMatch(CompletableFuture::isDone));
		OpenSockets.await(() -> OpenSockets.establishedTo(this.proxy.port()).size() <= 1 || isJettyInAdvance());
	}

	/**
	 * Jetty may have opened an additional connection for an abandoned attempt. The idle
	 * timeout of that connection closes it.
	 */
	private boolean isJettyInAdvance() {
		return this.proxy.upgradedPorts()
			.stream()
			.filter(OpenSockets.establishedTo(this.proxy.port())::contains)
			.count() == 1;
	}

	private void assertWorksAgain(HeartbeatClient client) {
		this.proxy.heal();
		server().behave(Behaviour.ECHO);
		Awaitility.await("an echo").atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> {
			String probe = "probe " + this.probes.incrementAndGet();
			this.sends.add(client.send(probe));
			return log().lines().stream().anyMatch((line) -> line.startsWith("MESSAGE probe"));
		});
		assertThat(client.isOpen()).isTrue();
		assertThat(client.getSnapshot().compressed()).isEqualTo(this.compressed);
	}

	private static boolean isOnlySlow(Fault fault) {
		return fault == Fault.DELAY || fault == Fault.THROTTLE;
	}

	private HeartbeatClient connecting(State state, Fault fault) {
		this.proxy.apply(fault, (state == State.BEFORE_CONNECT) ? Stage.CONNECT : Stage.UPGRADE);
		HeartbeatClientSettings.Builder settings = faultSettings(fault);
		if (state == State.BEFORE_LOGIN) {
			settings.sessionInitializer(new EchoLogin());
		}
		HeartbeatClient client = create(settings);
		if (isOnlySlow(fault)) {
			log().await("OPEN");
			assertThat(log().lines()).startsWith("OPEN");
		}
		else {
			log().await("RECONNECT 2");
			assertThat(log().count("OPEN")).isZero();
		}
		return client;
	}

	/**
	 * The fault comes after the server has received the login and before it answers.
	 */
	private HeartbeatClient loggingIn(Fault fault) {
		CountDownLatch struck = new CountDownLatch(1);
		CountDownLatch loggingIn = new CountDownLatch(1);
		server().behave((connection) -> {
			connection.upgrade();
			String login = connection.readText();
			loggingIn.countDown();
			awaitUninterruptibly(struck);
			connection.text(login);
			connection.echo();
		});
		HeartbeatClient client = create(
				faultSettings(fault).connectTimeout(Duration.ofSeconds(2)).sessionInitializer(new EchoLogin()));
		awaitUninterruptibly(loggingIn);
		this.proxy.apply(fault, Stage.OPEN);
		if (isOnlySlow(fault)) {
			struck.countDown();
			log().await("OPEN");
			assertThat(log().lines()).startsWith("OPEN");
		}
		else {
			log().await("RECONNECT");
			assertThat(log().lines().get(0)).startsWith("ERROR NOT_READY");
			struck.countDown();
		}
		return client;
	}

	private HeartbeatClient loggedIn(Fault fault) {
		HeartbeatClient client = open(faultSettings(fault).sessionInitializer(new EchoLogin()));
		strikeAndExpect(fault);
		return client;
	}

	private HeartbeatClient idle(Fault fault) {
		HeartbeatClient client = open(faultSettings(fault));
		strikeAndExpect(fault);
		return client;
	}

	private HeartbeatClient busy(Fault fault) throws IOException {
		server().behave((connection) -> {
			connection.upgrade();
			while (true) {
				connection.text("tick");
				TestServer.pause(5);
			}
		});
		HeartbeatClient client = open(faultSettings(fault));
		server().behave(Behaviour.ECHO);
		log().await("MESSAGE tick", 10);
		for (int i = 0; i < 100; i++) {
			this.sends.add(client.send("busy " + i));
		}
		strikeAndExpect(fault);
		server().connection(1).drop();
		log().await("RECONNECT");
		return client;
	}

	private HeartbeatClient heartbeatInFlight(Fault fault) throws Exception {
		server().behave((connection) -> {
			connection.upgrade();
			connection.echoAfter(100);
		});
		HeartbeatClient client = open(faultSettings(fault));
		assertThat(server().connection(1).next()).isEqualTo("TEXT heartbeat");
		strikeAndExpect(fault);
		return client;
	}

	private void strikeAndExpect(Fault fault) {
		this.proxy.apply(fault, Stage.OPEN);
		switch (fault) {
			case DELAY, THROTTLE -> {
				log().await("MESSAGE", (int) log().count("MESSAGE") + 3);
				Awaitility.await().during(Duration.ofMillis(700)).until(() -> log().count("CLOSE") == 0);
				return;
			}
			case DROP, STOP_READING -> assertThat(log().await("CLOSE").line()).isEqualTo(DEAD);
			case FIN, RST, HALF_CLOSE -> assertThat(log().await("CLOSE").line()).isEqualTo(LOST);
			case CORRUPT -> assertThat(log().await("CLOSE").line()).isIn("CLOSE 1002 SERVER", LOST);
		}
		log().await("RECONNECT");
	}

	/**
	 * On a slow machine the connection can be lost before the write is observed.
	 */
	private HeartbeatClient sendBlocked(Fault fault) {
		server().behave(Behaviour.FROZEN);
		HeartbeatClient client = open(
				faultSettings().pongTimeout(Duration.ofMillis(1200)).sendTimeout(Duration.ofMillis(1500)));
		String large = TestServer.incompressible(1_000_000);
		until(() -> {
			if (this.sends.stream().allMatch(CompletableFuture::isDone)) {
				IntStream.range(0, 20).forEach((i) -> this.sends.add(client.send(large)));
			}
			return isWriteBlocked();
		});
		int closes = (int) log().count("CLOSE");
		this.proxy.apply(fault, Stage.OPEN);
		assertThat(log().await("CLOSE", closes + 1).line()).isIn(LOST, DEAD);
		log().await("RECONNECT");
		return client;
	}

	private static boolean isWriteBlocked() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.anyMatch((thread) -> thread.getKey().getName().startsWith("heartbeat-io-")
					&& Arrays.stream(thread.getValue())
						.anyMatch((frame) -> frame.getClassName()
							.startsWith("io.github.heartbeat.internal.container.SessionTransport")));
	}

	private HeartbeatClient closing(Fault fault) {
		server().behave(Behaviour.SILENT);
		HeartbeatClient client = open(faultSettings());
		long start = System.nanoTime();
		client.close();
		this.proxy.apply(fault, Stage.OPEN);
		assertThat(client.getState()).isEqualTo(HeartbeatClientState.STOPPED);
		client.open();
		log().await("OPEN", 2);
		assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(5000);
		assertThat(log().lines()).startsWith("OPEN", "CLOSE 1000 CLIENT");
		return client;
	}

	private HeartbeatClient waiting(Fault fault) throws IOException {
		server().refuse();
		HeartbeatClient client = create(faultSettings(fault).reconnectTimeout(Duration.ofMillis(150)));
		log().await("RECONNECT");
		this.proxy.apply(fault, Stage.CONNECT);
		server().acceptAgain();
		if (isOnlySlow(fault)) {
			log().await("OPEN");
		}
		else {
			log().await("RECONNECT", 3);
			assertThat(log().count("OPEN")).isZero();
		}
		return client;
	}

	enum State {

		BEFORE_CONNECT, DURING_UPGRADE, BEFORE_LOGIN, DURING_LOGIN, AFTER_LOGIN, OPEN_AND_IDLE, OPEN_AND_BUSY,
		HEARTBEAT_IN_FLIGHT, SEND_BLOCKED, CLOSING, WAITING

	}

}
