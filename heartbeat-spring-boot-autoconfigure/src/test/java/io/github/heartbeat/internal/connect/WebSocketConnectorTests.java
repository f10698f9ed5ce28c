package io.github.heartbeat.internal.connect;

import java.net.UnknownHostException;
import java.util.List;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatHandshakeCustomizer;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.ContainerWatch;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import io.github.heartbeat.internal.runtime.SystemTicker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests which data of an attempt the connector passes to containers.
 */
class WebSocketConnectorTests {

	private final ContainerSupport container = mock(ContainerSupport.class);

	private final UserCodeLog userCodeLog = mock(UserCodeLog.class);

	@Test
	void aThreadThatFailedToConnectIsThrough() {
		given(this.container.container(any(), any())).willThrow(new IllegalStateException("no container"));
		WebSocketConnector connector = connector();
		ConnectionAttempt attempt = mock(ConnectionAttempt.class);
		assertThatExceptionOfType(HeartbeatConnectionException.class)
			.isThrownBy(() -> connector.connect(attempt, connector.prepare(attempt)));
		then(this.container).should().attemptEnded(Thread.currentThread());
	}

	@Test
	void whatACustomizerThrowsIsNamedWithItsRootCauseAndLogged() {
		RuntimeException failure = new IllegalStateException("secret",
				new IllegalStateException("secret", new UnknownHostException("secret")));
		WebSocketConnector connector = connector((name, handshake) -> {
			throw failure;
		});
		assertThatExceptionOfType(HeartbeatConnectionException.class)
			.isThrownBy(() -> connector.prepare(mock(ConnectionAttempt.class)))
			.withMessage("A handshake customizer of client 'test' threw java.lang.IllegalStateException "
					+ "(root cause java.net.UnknownHostException)")
			.withNoCause();
		then(this.userCodeLog).should().thrown(Callback.HANDSHAKE_CUSTOMIZER, failure);
	}

	@Test
	void aCustomizerThatIsInterruptedBecauseTheAttemptIsOverIsNotLogged() {
		ConnectionAttempt attempt = mock(ConnectionAttempt.class);
		given(attempt.isOver()).willReturn(true);
		WebSocketConnector connector = connector((name, handshake) -> {
			throw new InterruptedException();
		});
		assertThatExceptionOfType(HeartbeatConnectionException.class).isThrownBy(() -> connector.prepare(attempt));
		then(this.userCodeLog).shouldHaveNoInteractions();
	}

	private WebSocketConnector connector(HeartbeatHandshakeCustomizer... customizers) {
		return new WebSocketConnector("test", HeartbeatClientSettings.builder("ws://localhost/").build(),
				() -> List.of(customizers), null, this.container,
				new ContainerWatch(this.container, Runnable::run, new SystemTicker()), this.userCodeLog, () -> null,
				null);
	}

}
