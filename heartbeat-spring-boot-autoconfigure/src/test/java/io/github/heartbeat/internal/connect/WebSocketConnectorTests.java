package io.github.heartbeat.internal.connect;

import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.ContainerWatch;
import io.github.heartbeat.internal.runtime.SystemTicker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * What containers are told of attempts.
 */
class WebSocketConnectorTests {

	private final ContainerSupport container = mock(ContainerSupport.class);

	private final WebSocketConnector connector = new WebSocketConnector("test",
			HeartbeatClientSettings.builder("ws://localhost/").build(), List::of, null, this.container,
			new ContainerWatch(this.container, Runnable::run, new SystemTicker()));

	@Test
	void aThreadThatFailedToConnectIsThrough() {
		given(this.container.container(any(), any())).willThrow(new IllegalStateException("no container"));
		assertThatExceptionOfType(HeartbeatConnectionException.class)
			.isThrownBy(() -> this.connector.connect(mock(ConnectionAttempt.class), this.connector.prepare()));
		then(this.container).should().attemptEnded(Thread.currentThread());
	}

}
