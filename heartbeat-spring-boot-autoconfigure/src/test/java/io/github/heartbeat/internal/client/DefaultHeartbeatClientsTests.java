package io.github.heartbeat.internal.client;

import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class DefaultHeartbeatClientsTests {

	/**
	 * Its name is available for another attempt.
	 */
	@Test
	void aClientWhoseListenersCannotBeFoundIsNotCreated() {
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.TOMCAT, TestClients.extensions(() -> {
			throw new IllegalStateException("thrown by a test");
		}, List::of, TestClients.noBundles()));
		try {
			clients.start();
			HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost").build();
			for (int i = 0; i < 2; i++) {
				assertThatIllegalStateException().isThrownBy(() -> clients.create("feed", settings))
					.withMessage("thrown by a test");
				assertThat(clients.getAll()).isEmpty();
			}
		}
		finally {
			clients.destroy();
		}
	}

}
