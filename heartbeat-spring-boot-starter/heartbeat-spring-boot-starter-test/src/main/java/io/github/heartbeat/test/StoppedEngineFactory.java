package io.github.heartbeat.test;

import io.github.heartbeat.internal.client.EngineFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.env.Environment;

/**
 * Keeps the clients of a test stopped, unless it asks for real connections.
 */
final class StoppedEngineFactory implements EngineFactory {

	static final String PROPERTY = "heartbeat.test.real-connections";

	private static final Log logger = LogFactory.getLog(AutoConfigureHeartbeatServer.class);

	private final Environment environment;

	StoppedEngineFactory(Environment environment) {
		this.environment = environment;
	}

	@Override
	public boolean isConnecting() {
		boolean connecting = this.environment.getProperty(PROPERTY, Boolean.class, false);
		if (!connecting) {
			logger
				.info("WebSocket clients stay stopped in this test. Annotate it with @AutoConfigureHeartbeatServer to "
						+ "connect them to a HeartbeatTestServer, or set '" + PROPERTY + "' to 'true'");
		}
		return connecting;
	}

}
