package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.ChildJvm;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import io.github.heartbeat.testing.TestServer.Connection;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests a process that cannot start threads, in a separate JVM: {@link ThreadShortage}.
 * The limit applies to a user other than root who may read the files of root.
 */
@Timeout(120)
class ThreadShortageIntegrationTests {

	private static final int SHORTAGE_SECONDS = 8;

	private static final List<String> LIMITED = List.of("prlimit", "--nproc=300", "setpriv", "--reuid=54321",
			"--inh-caps=+dac_read_search,+dac_override", "--ambient-caps=+dac_read_search,+dac_override",
			"--bounding-set=-sys_resource,-sys_admin");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void aShortageOfThreadsIsAFewLinesAndClientsWorkAfterwards(HeartbeatContainer container) throws Exception {
		assumeTrue(canLimit(), "The threads of a process cannot be limited here");
		try (TestServer server = new TestServer(Behaviour.ECHO);
				ChildJvm program = new ChildJvm(this.directory.resolve("output"), LIMITED,
						List.of("-XX:+UseSerialGC", "-Xlog:disable"), ThreadShortage.class, container.name(),
						server.url(), String.valueOf(SHORTAGE_SECONDS))) {
			program.await("READY", Duration.ofSeconds(40));
			program.await("TAKEN", Duration.ofSeconds(10));
			for (Connection connection : server.connections()) {
				connection.drop();
			}
			program.await("RELEASED", Duration.ofSeconds(SHORTAGE_SECONDS + 20));
			program.send("check");
			program.await("WORK", Duration.ofSeconds(30));
			List<String> errors = program.lines().stream().filter((line) -> line.contains(" ERROR ")).toList();
			assertThat(errors).as("lines").hasSizeBetween(1, 10);
			assertThat(errors).anySatisfy((line) -> assertThat(line).contains("refuses to start threads"));
		}
	}

	private boolean canLimit() throws InterruptedException {
		List<String> command = new ArrayList<>(LIMITED);
		command.add("true");
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(this.directory.resolve("probe").toFile())
				.start();
			return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
