package io.github.heartbeat.internal.container.tomcat;

import java.net.URI;

import jakarta.websocket.WebSocketContainer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the lifetime of Tomcat's containers.
 */
class TomcatContainerSupportTests {

	private static final URI URL = URI.create("ws://localhost");

	private static final URI SECURE_URL = URI.create("wss://localhost");

	@Test
	void aContainerIsReplacedUntilTheShutdown() throws Exception {
		TomcatContainerSupport support = new TomcatContainerSupport();
		WebSocketContainer container = support.container(URL, null);
		WebSocketContainer secureContainer = support.container(SECURE_URL, null);
		assertThat(support.isAlive()).isTrue();
		assertThat(support.replace()).isTrue();
		assertThat(support.container(URL, null)).isNotSameAs(container);
		assertThat(support.container(SECURE_URL, null)).isNotSameAs(secureContainer);
		assertThat(support.isAlive()).isTrue();
		support.shutdown();
		assertThat(support.replace()).isFalse();
	}

	@Test
	void aContainerThatIsSuppliedIsNotReplaced() {
		TomcatContainer supplied = new TomcatContainer(0, 1);
		TomcatContainerSupport support = new TomcatContainerSupport(supplied);
		assertThat(support.replace()).isFalse();
		assertThat(support.container(URL, null)).isSameAs(supplied);
	}

}
