package io.github.heartbeat.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A closed application does not keep its class loader reachable, as in a servlet
 * container or with devtools. The JVM clears soft references early, because caches of the
 * JDK have soft references to classes.
 */
@Timeout(90)
class ClassLoaderIntegrationTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	void nothingOutlivesTheClassLoaderOfAClosedApplication(String container) throws Exception {
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), ReloadedApplications.class.getName(), container,
				this.directory.toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(80, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).as(() -> read(output)).isZero();
	}

	private static String read(Path output) {
		try {
			return Files.readString(output);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
