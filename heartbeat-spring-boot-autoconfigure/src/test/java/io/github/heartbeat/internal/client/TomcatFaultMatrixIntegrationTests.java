package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatContainer;

/**
 * The {@link FaultMatrix} on Tomcat's WebSocket client.
 */
class TomcatFaultMatrixIntegrationTests extends FaultMatrix {

	@Override
	protected HeartbeatContainer container() {
		return HeartbeatContainer.TOMCAT;
	}

}
