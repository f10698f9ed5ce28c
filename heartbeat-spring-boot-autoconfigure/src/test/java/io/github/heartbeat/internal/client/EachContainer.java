package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatContainer;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Base class of tests that run on both Tomcat's and Jetty's WebSocket client.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "TOMCAT", "JETTY" })
public abstract class EachContainer extends LiveClients {

	@Parameter
	HeartbeatContainer container;

	@Override
	protected HeartbeatContainer container() {
		return this.container;
	}

	/**
	 * Return the value for the container under test.
	 */
	protected <T> T on(T tomcat, T jetty) {
		return (this.container == HeartbeatContainer.TOMCAT) ? tomcat : jetty;
	}

}
