package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatContainer;

/**
 * The contract on Jetty's WebSocket client.
 */
class JettyConnectionIntegrationTests extends ConnectionContract {

	@Override
	HeartbeatContainer container() {
		return HeartbeatContainer.JETTY;
	}

}
