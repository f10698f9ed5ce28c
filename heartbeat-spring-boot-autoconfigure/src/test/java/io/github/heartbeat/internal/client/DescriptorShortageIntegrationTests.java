package io.github.heartbeat.internal.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests a process that has no file descriptor left. The tested code runs in a JVM with a
 * low limit: {@link DescriptorShortage}.
 */
class DescriptorShortageIntegrationTests extends EachContainer {

	private static final int LIMIT = 400;

	@TempDir
	private Path directory;

	/**
	 * Without a cache, each attempt looks up the name, which also requires a descriptor.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1" })
	void aShortageOfDescriptorsIsReportedAsSuch(String host) throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "A limit is set by a shell");
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder("/bin/sh", "-c", "ulimit -n " + LIMIT + " && exec \"$@\"", "sh",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-Dsun.net.inetaddr.ttl=0", "-Dsun.net.inetaddr.negative.ttl=0", "-cp",
				System.getProperty("java.class.path"), DescriptorShortage.class.getName(), container().name(),
				server().url().replace("localhost", host))
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		List<String> lines = Files.readAllLines(output);
		assertThat(process.exitValue()).as(() -> String.join("\n", lines)).isZero();
		assertThat(lines).contains("SHORT CONNECT There are too many open files in this process to connect to " + host
				+ ":" + server().port(), "OPEN");
	}

}
