package io.github.heartbeat.internal.container.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.channels.AsynchronousChannelGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.LiveClients;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.WebSocketContainer;
import org.apache.tomcat.websocket.AsyncChannelGroupUtil;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;

/**
 * Tests the lifetime of Tomcat's containers, and the versions that it checks.
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

	/**
	 * An attempt on the new container that began before the old container has left the
	 * channel group would keep the group, and its dead threads, in use.
	 */
	@Test
	void attemptsDuringAReplacementDoNotKeepTheChannelGroup() throws Exception {
		TomcatContainerSupport support = new TomcatContainerSupport();
		AtomicBoolean over = new AtomicBoolean();
		CountDownLatch attempted = new CountDownLatch(10);
		try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			URI url = URI.create("ws://localhost:" + server.getLocalPort());
			List<Thread> threads = IntStream.range(0, 4).mapToObj((i) -> new Thread(() -> {
				while (!over.get()) {
					connect(support, url);
					attempted.countDown();
				}
			})).toList();
			Thread dropping = new Thread(() -> drop(server));
			dropping.start();
			threads.forEach(Thread::start);
			try {
				assertThat(attempted.await(30, TimeUnit.SECONDS)).isTrue();
				AsynchronousChannelGroup group = group();
				assertThat(support.replace()).isTrue();
				assertThat(group()).isNotSameAs(group);
				assertThat(group.isShutdown()).isTrue();
				assertThat(support.isAlive()).isTrue();
			}
			finally {
				over.set(true);
				for (Thread thread : threads) {
					thread.join();
				}
				support.shutdown();
			}
		}
	}

	private static void connect(TomcatContainerSupport support, URI url) {
		assertThatException().isThrownBy(() -> support.container(url, null)
			.connectToServer(mock(Endpoint.class), ClientEndpointConfig.Builder.create().build(), url));
	}

	private static void drop(ServerSocket server) {
		while (!server.isClosed()) {
			try (Socket socket = server.accept()) {
				socket.getInputStream().read();
			}
			catch (IOException ex) {
				assertThat(ex).isInstanceOf(SocketException.class);
			}
		}
	}

	private static AsynchronousChannelGroup group() {
		try {
			return AsyncChannelGroupUtil.register();
		}
		finally {
			AsyncChannelGroupUtil.unregister();
		}
	}

	/**
	 * Memory may run out in each step of a replacement. The watch repeats it.
	 */
	@Test
	void aReplacementThatFailedIsRepeated() throws Exception {
		List<TomcatContainer> containers = new ArrayList<>();
		TomcatContainerSupport support = new TomcatContainerSupport((minReadSize) -> {
			TomcatContainer container = spy(new TomcatContainer(minReadSize, 1));
			willThrow(new OutOfMemoryError("on purpose")).willCallRealMethod().given(container).abandon();
			containers.add(container);
			return container;
		});
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(support::replace);
		assertThat(support.isAlive()).isFalse();
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(support::replace);
		assertThat(support.isAlive()).isFalse();
		assertThat(support.replace()).isTrue();
		assertThat(support.isAlive()).isTrue();
		assertThat(containers.indexOf(support.container(URL, null))).isGreaterThan(1);
		support.shutdown();
	}

	/**
	 * The close of a channel never returns if a thread died of an
	 * {@link OutOfMemoryError} while it read from the channel.
	 */
	@Test
	@Timeout(20)
	void aSessionThatCannotBeClosedDoesNotBlockTheDestruction() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch closing = new CountDownLatch(1);
		WsSession session = mock(WsSession.class);
		willAnswer((invocation) -> {
			closing.countDown();
			LiveClients.awaitUninterruptibly(release);
			return null;
		}).given(session).close(any(CloseReason.class));
		TomcatContainer container = new TomcatContainer(0, 0);
		container.registerSession("key", session);
		container.destroy();
		assertThat(closing.getCount()).isZero();
		release.countDown();
	}

	@Test
	void aContainerThatIsSuppliedIsNotReplaced() {
		TomcatContainer supplied = new TomcatContainer(0, 1);
		TomcatContainerSupport support = new TomcatContainerSupport(supplied);
		assertThat(support.replace()).isFalse();
		assertThat(support.container(URL, null)).isSameAs(supplied);
	}

	@ParameterizedTest
	@ValueSource(strings = { "11.0.23", "11.0.0-M26", "10.1.57" })
	void versionsThatLoseBytesRefuseCompression(String version) {
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
			.isThrownBy(() -> TomcatContainerSupport.checkCompression(version))
			.withMessageContaining("'compression.enabled' is 'true'")
			.withMessageContaining("Tomcat " + version + ", and versions before 11.0.24 lose bytes")
			.withMessageContaining("Update Tomcat, use 'heartbeat.container: jetty'");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "11.0.24", "11.0.100", "11.1.0", "12.0.0-M1", "unknown", "" })
	void otherVersionsAndUnknownOnesAllowCompression(String version) {
		assertThatNoException().isThrownBy(() -> TomcatContainerSupport.checkCompression(version));
	}

	@Test
	void theVersionIsThatOfTheJar() {
		assertThat(WsWebSocketContainer.class.getPackage().getImplementationVersion()).startsWith("11.");
	}

}
