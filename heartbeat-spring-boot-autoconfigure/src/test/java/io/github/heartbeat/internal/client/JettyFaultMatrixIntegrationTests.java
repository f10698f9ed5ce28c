package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatContainer;

/**
 * The {@link FaultMatrix} on Jetty's WebSocket client.
 */
class JettyFaultMatrixIntegrationTests extends FaultMatrix {

	@Override
	protected HeartbeatContainer container() {
		return HeartbeatContainer.JETTY;
	}

}
