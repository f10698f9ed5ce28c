package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.ChildJvm;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests a heap that is temporarily full, in a separate JVM: {@link HeapExhaustion}. The
 * server runs in the JVM of the test, sends messages and drops connections in the
 * meantime.
 */
@Timeout(180)
class HeapExhaustionIntegrationTests {

	private static final int FULL_SECONDS = Integer.getInteger("heartbeat.test.heap-full-seconds", 15);

	/**
	 * One {@code connect-timeout} and one wait of the default settings. The values of the
	 * clients are shorter, but the interval of the checks is not.
	 */
	private static final int RECOVERY_SECONDS = 12;

	private final AtomicBoolean frozen = new AtomicBoolean();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void clientsWorkAgainAfterTheHeapWasFull(HeartbeatContainer container) throws Exception {
		try (TestServer server = new TestServer(this::serve);
				ChildJvm program = new ChildJvm(this.directory.resolve("output"), List.of("-Xmx64m"),
						HeapExhaustion.class, container.name(), server.url(), String.valueOf(FULL_SECONDS),
						String.valueOf(RECOVERY_SECONDS))) {
			program.await("READY", Duration.ofSeconds(40));
			AtomicBoolean over = new AtomicBoolean();
			Thread disturbance = new Thread(() -> disturb(server, over), "disturbance");
			disturbance.start();
			try {
				program.await("RELEASED", Duration.ofSeconds(FULL_SECONDS + 90));
			}
			finally {
				over.set(true);
				disturbance.join();
			}
			program.send("check");
			program.await("WORK", Duration.ofSeconds(RECOVERY_SECONDS + 5));
			program.await("FREEZE", Duration.ofSeconds(5));
			this.frozen.set(true);
			program.send("frozen");
			program.await("NOTICED", Duration.ofSeconds(15));
		}
	}

	/**
	 * Echo until frozen.
	 */
	private void serve(Connection connection) throws IOException, InterruptedException {
		connection.upgrade();
		while (true) {
			String text = connection.readText();
			if (this.frozen.get()) {
				connection.readSilently();
			}
			connection.text(text);
		}
	}

	/**
	 * Send a message on each connection and drop some of the connections, every 100 ms.
	 */
	private static void disturb(TestServer server, AtomicBoolean over) {
		for (int round = 1; !over.get(); round++) {
			List<Connection> open = server.connections()
				.stream()
				.filter((connection) -> !connection.hasEnded())
				.toList();
			for (int i = 0; i < open.size(); i++) {
				disturb(open.get(i), (i + round) % 20 == 0);
			}
			pause();
		}
	}

	private static void disturb(Connection connection, boolean drop) {
		connection.alongside((same) -> {
			if (drop) {
				same.drop();
			}
			else {
				same.text("from the server");
			}
		});
	}

	private static void pause() {
		try {
			TestServer.pause(100);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
