package io.github.heartbeat.internal.client;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Tests {@link EarlyInitialization}.
 */
class EarlyInitializationTests {

	/**
	 * First used at startup, or for the first connection of a feature that is off by
	 * default.
	 */
	private static final List<String> EXCEPTIONS = List.of(EarlyInitialization.class.getName(),
			"io.github.heartbeat.internal.container.ContainerRuntimeHints",
			"io.github.heartbeat.internal.container.jetty.JettyCompression");

	static Stream<String> engineClasses() {
		return Stream.of(EarlyInitialization.engineClasses());
	}

	/**
	 * Without this test, a renamed class would be omitted silently.
	 */
	@ParameterizedTest
	@MethodSource("engineClasses")
	void theClassExists(String name) {
		assertThatCode(() -> Class.forName(name, true, getClass().getClassLoader())).doesNotThrowAnyException();
	}

	/**
	 * Enums and the switches over them have static initializers too.
	 */
	@Test
	void eachClassOfTheEngineWithAStaticInitializerIsInitialized() {
		List<String> initialized = Stream
			.of(EarlyInitialization.engineClasses(), EarlyInitialization.TOMCAT_CLASSES,
					EarlyInitialization.JETTY_CLASSES)
			.flatMap(Arrays::stream)
			.toList();
		assertThat(new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("io.github.heartbeat.internal", "io.github.heartbeat.event", "io.github.heartbeat.health",
					"io.github.heartbeat.metrics", "io.github.heartbeat.observation")
			.stream()
			.filter((type) -> type.getStaticInitializer().isPresent())
			.map(JavaClass::getName)
			.filter((name) -> !EXCEPTIONS.contains(name) && !initialized.contains(name))).isEmpty();
	}

}
