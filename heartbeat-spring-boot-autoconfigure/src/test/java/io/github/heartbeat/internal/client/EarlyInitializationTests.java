package io.github.heartbeat.internal.client;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThatCode;

class EarlyInitializationTests {

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

}
