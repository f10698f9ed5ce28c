package io.github.heartbeat.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

/**
 * Tests {@link TomcatClientLogEnvironmentPostProcessor}.
 */
class TomcatClientLogEnvironmentPostProcessorTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	private final LoggingSystem loggingSystem = mock();

	@Test
	void onlyTheLevelOfTheLoggerOfTheClientIsSetWithTheLowestPrecedence() {
		process("logging.level.root=debug", "logging.level.org.apache.tomcat.websocketer=debug",
				"logging.level.org.apache.tomcat.websocket.server=debug", "logging.level.web=debug");
		PropertySource<?> last = this.environment.getPropertySources().stream().reduce((a, b) -> b).orElseThrow();
		assertThat(last.getSource())
			.isEqualTo(Map.of("logging.level.org.apache.tomcat.websocket.WsRemoteEndpointImplClient", "error"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "logging.level.org.apache.tomcat.websocket.WsRemoteEndpointImplClient=warn",
			"logging.level.org.apache.tomcat.websocket=debug", "logging.level.org.apache.tomcat=info",
			"logging.level.org=off" })
	void aLevelOfTheApplicationIsKept(String property) {
		int before = process(property);
		assertThat(this.environment.getPropertySources()).hasSize(before);
	}

	@Test
	void aLevelOfAnEnvironmentVariableIsKept() {
		TestPropertyValues.of("LOGGING_LEVEL_ORG_APACHE_TOMCAT=debug")
			.applyTo(this.environment, TestPropertyValues.Type.SYSTEM_ENVIRONMENT);
		int before = process();
		assertThat(this.environment.getPropertySources()).hasSize(before);
	}

	@Test
	void aLevelOfAGroupOfTheApplicationIsKept() {
		int before = process("logging.group.tomcat=org.apache.catalina,org.apache.tomcat",
				"logging.level.tomcat=trace");
		assertThat(this.environment.getPropertySources()).hasSize(before);
	}

	@Test
	void aGroupWithoutALevelChangesNothing() {
		process("logging.group.tomcat=org.apache.catalina,org.apache.tomcat");
		assertThat(this.environment.getProperty("logging.level." + TomcatClientLogEnvironmentPostProcessor.LOGGER))
			.isEqualTo("error");
	}

	/**
	 * The build passes switches of the tests with the same prefix as system properties.
	 */
	@Test
	void withoutAKeyOfTheStarterNothingIsAdded() {
		this.environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
		int before = this.environment.getPropertySources().size();
		new TomcatClientLogEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
		assertThat(this.environment.getPropertySources()).hasSize(before);
	}

	@Test
	void theFirstClientSetsTheLevelOnlyIfNoPropertyDoes() {
		TomcatClientLogEnvironmentPostProcessor.setLevel(this.loggingSystem, this.environment);
		verify(this.loggingSystem).setLogLevel("org.apache.tomcat.websocket.WsRemoteEndpointImplClient",
				LogLevel.ERROR);
		process();
		TomcatClientLogEnvironmentPostProcessor.setLevel(this.loggingSystem, this.environment);
		verifyNoMoreInteractions(this.loggingSystem);
	}

	private int process(String... properties) {
		TestPropertyValues.of(properties).applyTo(this.environment);
		return process();
	}

	/**
	 * Process an environment with a client.
	 * @return the number of property sources before
	 */
	private int process() {
		TestPropertyValues.of("heartbeat.clients.feed.url=ws://localhost/").applyTo(this.environment);
		int before = this.environment.getPropertySources().size();
		new TomcatClientLogEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
		return before;
	}

}
