package io.github.heartbeat.test;

import io.github.heartbeat.HeartbeatClient;

/**
 * Entry point of the AssertJ assertions of WebSocket clients.
 *
 * @since 0.1.0
 */
public final class HeartbeatAssertions {

	private HeartbeatAssertions() {
	}

	/**
	 * Create assertions of a client.
	 * @param client the client
	 * @return the assertions
	 */
	public static HeartbeatClientAssert assertThat(HeartbeatClient client) {
		return new HeartbeatClientAssert(client);
	}

}
