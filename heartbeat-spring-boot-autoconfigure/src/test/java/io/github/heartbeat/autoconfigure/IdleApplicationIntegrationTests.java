package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.github.heartbeat.testing.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which classes an application without a client loads: {@link IdleApplication} in a
 * JVM of its own.
 */
@Timeout(180)
class IdleApplicationIntegrationTests {

	private static final String ENGINE = "io.github.heartbeat.internal.runtime.EngineResources";

	@TempDir
	private Path directory;

	@Test
	void theEngineIsLoadedWithTheFirstClient() throws Exception {
		Path log = this.directory.resolve("classes");
		try (ChildJvm program = new ChildJvm(this.directory.resolve("output"),
				List.of("-Xlog:class+load:file=" + log + "::filecount=0"), IdleApplication.class)) {
			program.await("STARTED", Duration.ofSeconds(90));
			List<String> atStartup = loadedClasses(log);
			assertThat(atStartup).contains(HeartbeatAutoConfiguration.class.getName())
				.doesNotContain(ENGINE)
				.hasSizeLessThanOrEqualTo(55);
			program.send("create");
			program.await("CREATED", Duration.ofSeconds(60));
			assertThat(loadedClasses(log)).contains(ENGINE);
			program.send("end");
		}
	}

	/**
	 * Return the names of the loaded classes of the starter.
	 */
	private static List<String> loadedClasses(Path log) throws IOException {
		return Files.readAllLines(log)
			.stream()
			.filter((line) -> line.contains("] io.github.heartbeat.") && line.contains(" source: "))
			.map((line) -> line.substring(line.indexOf("] io.github.heartbeat.") + 2, line.indexOf(" source: ")))
			.filter((name) -> !name.contains(".IdleApplication"))
			.collect(Collectors.toList());
	}

}
