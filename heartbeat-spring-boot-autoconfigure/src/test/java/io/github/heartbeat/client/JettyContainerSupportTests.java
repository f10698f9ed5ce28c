package io.github.heartbeat.client;

import javax.net.ssl.SSLContext;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * How long the containers of Jetty live.
 */
class JettyContainerSupportTests {

	private final JettyContainerSupport support = new JettyContainerSupport(null);

	@AfterEach
	void shutdown() {
		this.support.shutdown();
	}

	private static HeartbeatClientSettings settings(SSLContext sslContext) {
		return HeartbeatClientSettings.builder("wss://localhost").sslContext(sslContext).build();
	}

	private static SSLContext sslContext() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, null, null);
		return context;
	}

	private JakartaWebSocketClientContainer container(SSLContext sslContext) {
		return (JakartaWebSocketClientContainer) this.support.container(sslContext);
	}

	@Test
	void theContainerOfATlsContextGoesWithItsLastClient() throws Exception {
		SSLContext sslContext = sslContext();
		this.support.retain(settings(sslContext));
		this.support.retain(settings(sslContext));
		JakartaWebSocketClientContainer container = container(sslContext);
		assertThat(container(sslContext)).isSameAs(container);
		this.support.release(settings(sslContext));
		assertThat(container.isRunning()).isTrue();
		this.support.release(settings(sslContext));
		assertThat(container.isStopped()).isTrue();
	}

	@Test
	void theContainerOfTheDefaultContextStaysToTheEnd() {
		JakartaWebSocketClientContainer container = container(null);
		HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost").build();
		this.support.retain(settings);
		this.support.release(settings);
		assertThat(container.isRunning()).isTrue();
		this.support.shutdown();
		assertThat(container.isStopped()).isTrue();
		assertThatIllegalStateException().isThrownBy(() -> this.support.container(null));
	}

	@Test
	void aSuppliedContainerTakesNoTlsContext() throws Exception {
		JettyContainerSupport supplied = new JettyContainerSupport(container(null));
		HeartbeatClientSettings settings = settings(sslContext());
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(() -> supplied.check(settings))
			.withMessageContaining("sslContext");
	}

}
