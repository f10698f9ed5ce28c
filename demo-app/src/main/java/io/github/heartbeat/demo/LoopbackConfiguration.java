package io.github.heartbeat.demo;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;

/**
 * Restricts the web server to the local machine. With {@code management.server.port},
 * Actuator has a second web server in a child context. Component scanning adds this
 * configuration to the application, and the list in {@code META-INF/spring} adds it to
 * the child context.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class LoopbackConfiguration {

	@Bean
	LoopbackFilter loopbackFilter() {
		return new LoopbackFilter();
	}

	/**
	 * Without this, the web server of Actuator listens on all addresses.
	 */
	@Bean
	WebServerFactoryCustomizer<ConfigurableWebServerFactory> listenAddress(ServerProperties properties) {
		return (factory) -> factory.setAddress(properties.getAddress());
	}

}
