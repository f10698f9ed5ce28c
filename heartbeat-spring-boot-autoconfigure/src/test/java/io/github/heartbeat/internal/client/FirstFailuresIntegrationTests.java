package io.github.heartbeat.internal.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.ChildJvm;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the first failure in a JVM loads no class of the engine, with
 * {@link FirstFailures}. Lambdas count too: their classes are made when they are first
 * used. If the heap is full then, the JVM keeps a {@code LambdaConversionException} for
 * that place in the code. The client could never reconnect, because its transitions would
 * fail for ever.
 */
@Timeout(120)
class FirstFailuresIntegrationTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void noClassOfTheEngineIsFirstUsedAfterAFailure(HeartbeatContainer container) throws Exception {
		Path classes = this.directory.resolve("classes");
		try (ChildJvm program = new ChildJvm(this.directory.resolve("output"),
				List.of("-Xlog:class+load:file=" + classes), FirstFailures.class, container.name())) {
			program.await("DONE", Duration.ofSeconds(60));
		}
		List<String> loaded = Files.readAllLines(classes);
		int begin = firstLine(loaded, FirstFailures.Failures.class.getName());
		assertThat(loaded.subList(begin, loaded.size())).map(FirstFailuresIntegrationTests::className)
			.filteredOn((name) -> name.startsWith("io.github.heartbeat."))
			.filteredOn((name) -> !name.startsWith("io.github.heartbeat.testing.")
					&& !name.startsWith(FirstFailures.class.getName()))
			.isEmpty();
	}

	private static int firstLine(List<String> loaded, String className) {
		for (int i = 0; i < loaded.size(); i++) {
			if (loaded.get(i).contains(className + " ")) {
				return i;
			}
		}
		throw new AssertionError(className + " was not loaded");
	}

	private static String className(String line) {
		String text = line.substring(line.lastIndexOf(']') + 1).trim();
		return text.substring(0, text.indexOf(' '));
	}

}
