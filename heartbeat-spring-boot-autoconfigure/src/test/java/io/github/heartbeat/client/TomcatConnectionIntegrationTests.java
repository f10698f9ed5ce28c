package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatContainer;

/**
 * The contract on Tomcat's WebSocket client.
 */
class TomcatConnectionIntegrationTests extends ConnectionContract {

	@Override
	HeartbeatContainer container() {
		return HeartbeatContainer.TOMCAT;
	}

}
