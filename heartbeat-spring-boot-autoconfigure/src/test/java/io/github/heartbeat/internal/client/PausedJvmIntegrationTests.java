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

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests a JVM that a signal stops for longer than the heartbeat timeouts, as when a
 * laptop sleeps: {@link PausedJvm}. The server continues to run and answers.
 */
@Timeout(120)
class PausedJvmIntegrationTests {

	private static final int PAUSES = Integer.getInteger("heartbeat.test.pauseDetector", 6);

	private static final long TIMEOUT_MILLIS = 300;

	private final AtomicBoolean frozen = new AtomicBoolean();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void noLivingConnectionIsTakenForDeadAfterAPause(HeartbeatContainer container) throws Exception {
		assumeTrue(System.getProperty("os.name").equals("Linux"), "Signals need a Unix");
		try (TestServer server = new TestServer(this::serve);
				ChildJvm program = new ChildJvm(this.directory.resolve("output"), List.of(), PausedJvm.class,
						container.name(), server.url(), String.valueOf(TIMEOUT_MILLIS))) {
			program.await("READY", Duration.ofSeconds(40));
			for (int i = 0; i < PAUSES; i++) {
				TestServer.pause(TIMEOUT_MILLIS + 37 * i);
				program.signal("STOP");
				TestServer.pause((2 + i) * TIMEOUT_MILLIS);
				program.signal("CONT");
				TestServer.pause(3 * TIMEOUT_MILLIS);
			}
			program.send("count");
			program.await("OPEN 200", Duration.ofSeconds(10));
			assertThat(program.lines()).noneMatch((line) -> line.startsWith("CLOSE"));
			this.frozen.set(true);
			program.send("notice");
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

}
