package io.github.heartbeat.autoconfigure;

import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sets the level of one logger of Tomcat's WebSocket client to {@code error}. At
 * {@code warn} it logs a stack trace for each connection that is reset during a write.
 * The client reports the same event in one line. If the application sets the level of
 * that logger, of a parent other than the root, or of a group that contains one of them,
 * nothing is changed. Loggers of server endpoints are not affected.
 */
class TomcatClientLogEnvironmentPostProcessor implements EnvironmentPostProcessor {

	static final String LOGGER = "org.apache.tomcat.websocket.WsRemoteEndpointImplClient";

	/**
	 * Runs last, because the order is the lowest, when the properties of the application
	 * are loaded. Without a key of this starter nothing is set, because Spring Boot loads
	 * further classes for the first level.
	 */
	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (ConfiguredKeys.mayExist(environment) && !isLevelSet(Binder.get(environment))) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("heartbeatTomcatClientLog", Map.of("logging.level." + LOGGER, "error")));
		}
	}

	/**
	 * Set the level of an application that creates its clients without a key of this
	 * starter.
	 */
	static void setLevel(LoggingSystem loggingSystem, Environment environment) {
		if (!isLevelSet(Binder.get(environment))) {
			loggingSystem.setLogLevel(LOGGER, LogLevel.ERROR);
		}
	}

	private static boolean isLevelSet(Binder binder) {
		ResolvableType names = ResolvableType.forClassWithGenerics(List.class, String.class);
		Bindable<Map<String, List<String>>> groupMap = Bindable
			.of(ResolvableType.forClassWithGenerics(Map.class, ResolvableType.forClass(String.class), names));
		Map<String, List<String>> groups = binder.bind("logging.group", groupMap).orElse(Map.of());
		Bindable<Map<String, String>> levelMap = Bindable.mapOf(String.class, String.class);
		for (String name : binder.bind("logging.level", levelMap).orElse(Map.of()).keySet()) {
			if (includes(name) || includesAny(groups.getOrDefault(name, List.of()))) {
				return true;
			}
		}
		return false;
	}

	private static boolean includesAny(List<String> names) {
		for (String name : names) {
			if (includes(name)) {
				return true;
			}
		}
		return false;
	}

	private static boolean includes(String name) {
		return (LOGGER + ".").startsWith(name + ".");
	}

}
