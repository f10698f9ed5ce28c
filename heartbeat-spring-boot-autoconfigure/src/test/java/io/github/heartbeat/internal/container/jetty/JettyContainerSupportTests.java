package io.github.heartbeat.internal.container.jetty;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.LiveClients;
import io.github.heartbeat.internal.client.TestClients;
import io.github.heartbeat.internal.tls.Tls;
import io.github.heartbeat.internal.tls.TlsBundles;
import io.github.heartbeat.internal.tls.TlsHolder;
import org.awaitility.Awaitility;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the lifetime of Jetty's containers.
 */
class JettyContainerSupportTests {

	private static final URI URL = URI.create("wss://localhost");

	private final JettyContainerSupport support = new JettyContainerSupport(null);

	@AfterEach
	void shutdown() {
		this.support.shutdown();
	}

	private static SSLContext sslContext() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, null, null);
		return context;
	}

	private JakartaWebSocketClientContainer container(TlsHolder tls) {
		return (JakartaWebSocketClientContainer) this.support.container(URL, tls);
	}

	private boolean isConnecting(Thread thread) {
		return ((Map<?, ?>) Objects.requireNonNull(ReflectionTestUtils.getField(this.support, "connecting")))
			.containsKey(thread);
	}

	private static TlsHolder tls(SSLContext sslContext) {
		return new TlsBundles(TestClients.noBundles())
			.holder(HeartbeatClientSettings.builder("wss://localhost").sslContext(sslContext).build());
	}

	@Test
	void theContainerOfATlsContextGoesWithItsLastClient() throws Exception {
		SSLContext sslContext = sslContext();
		this.support.retain(tls(sslContext));
		this.support.retain(tls(sslContext));
		JakartaWebSocketClientContainer container = container(tls(sslContext));
		assertThat(container(tls(sslContext))).isSameAs(container);
		TlsHolder other = tls(sslContext());
		assertThatIllegalStateException().isThrownBy(() -> container(other)).withMessage("The client was removed");
		this.support.retain(other);
		assertThat(container(other)).isNotSameAs(container);
		this.support.release(tls(sslContext));
		assertThat(container.isRunning()).isTrue();
		this.support.release(tls(sslContext));
		assertThat(container.isStopped()).isTrue();
	}

	@Test
	void theContainerOfABundleStaysWhenThatIsReloadedAndGoesWithItsLastClient() throws Exception {
		AtomicReference<Tls> current = new AtomicReference<>(new Tls(sslContext(), List.of("TLSv1.2"), List.of()));
		TlsHolder bundle = current::get;
		this.support.retain(bundle);
		this.support.retain(bundle);
		JakartaWebSocketClientContainer container = container(bundle);
		SslContextFactory.Client factory = container.getBean(HttpClient.class).getSslContextFactory();
		assertThat(factory.newSSLEngine("localhost", 443).getEnabledProtocols()).containsExactly("TLSv1.2");
		String weak = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
		current.set(new Tls(sslContext(), List.of(), List.of(weak)));
		assertThat(container(bundle)).isSameAs(container);
		SSLEngine engine = factory.newSSLEngine("localhost", 443);
		assertThat(engine.getEnabledProtocols()).contains("TLSv1.2", "TLSv1.3");
		assertThat(engine.getEnabledCipherSuites()).containsExactly(weak);
		assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("HTTPS");
		current.set(new Tls(sslContext(), List.of(), List.of()));
		assertThat(container(bundle)).isSameAs(container);
		assertThat(factory.newSSLEngine("localhost", 443).getEnabledCipherSuites()).hasSizeGreaterThan(1)
			.doesNotContain(weak);
		this.support.release(bundle);
		assertThat(container.isRunning()).isTrue();
		this.support.release(bundle);
		assertThat(container.isStopped()).isTrue();
	}

	/**
	 * A selector that does nothing simulates one whose thread died. When Jetty is
	 * stopped, it waits for the selector without a limit.
	 */
	@Test
	void aContainerWhoseSelectorHandlesNothingIsReplaced() throws Exception {
		JakartaWebSocketClientContainer container = container(null);
		assertThat(this.support.isAlive()).isTrue();
		CountDownLatch over = new CountDownLatch(1);
		try {
			holdUpSelector(container, over);
			assertThat(this.support.isAlive()).isFalse();
			assertThat(this.support.replace()).isTrue();
			JakartaWebSocketClientContainer replacement = container(null);
			assertThat(replacement).isNotSameAs(container);
			assertThat(this.support.isAlive()).isTrue();
			holdUpSelector(replacement, over);
			this.support.shutdown();
			assertThat(this.support.replace()).as("after the shutdown").isFalse();
		}
		finally {
			over.countDown();
		}
	}

	private static void holdUpSelector(JakartaWebSocketClientContainer container, CountDownLatch over) {
		ClientConnector connector = container.getBean(HttpClient.class).getBean(ClientConnector.class);
		for (SelectorManager manager : connector.getBeans(SelectorManager.class)) {
			for (ManagedSelector selector : manager.getBeans(ManagedSelector.class)) {
				selector.submit((keys) -> LiveClients.awaitUninterruptibly(over));
			}
		}
	}

	/**
	 * An attempt waits only for its own connect. It uses no connection that was created
	 * for another attempt and whose TLS was reloaded since then.
	 */
	@Test
	void eachAttemptHasItsOwnDestination() {
		HttpClient client = container(null).getBean(HttpClient.class);
		Request request = client.newRequest("http://localhost");
		Destination destination = client.resolveDestination(request);
		assertThat(client.resolveDestination(request)).isSameAs(destination);
		assertThat(client.resolveDestination(client.newRequest("http://localhost"))).isNotSameAs(destination);
		assertThat(client.getDestinations()).hasSize(2);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> client.getDestinations().isEmpty());
	}

	@Test
	void nothingIsKeptOfAnAttemptThatNeverCompletes() {
		HttpClient client = container(null).getBean(HttpClient.class);
		client.resolveDestination(client.newRequest("http://localhost"));
		assertThat(isConnecting(Thread.currentThread())).isTrue();
		this.support.attemptEnded(Thread.currentThread());
		assertThat(isConnecting(Thread.currentThread())).isFalse();
	}

	@Test
	void thousandsOfBlockedListenersLeaveThreadsForOthers() throws Exception {
		Executor threads = container(null).getExecutor();
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(2_000);
		try {
			for (int i = 0; i < 2_000; i++) {
				threads.execute(() -> {
					running.countDown();
					LiveClients.awaitUninterruptibly(blocked);
				});
			}
			assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			blocked.countDown();
		}
	}

	@Test
	void theContainerOfTheDefaultContextStaysToTheEnd() {
		JakartaWebSocketClientContainer container = container(null);
		this.support.retain(null);
		this.support.release(null);
		assertThat(container.isRunning()).isTrue();
		this.support.shutdown();
		assertThat(container.isStopped()).isTrue();
		assertThatIllegalStateException().isThrownBy(() -> this.support.container(URL, null));
	}

	@Test
	void aSuppliedContainerTakesNeitherATlsContextNorCompression() throws Exception {
		JettyContainerSupport supplied = new JettyContainerSupport(container(null));
		HeartbeatClientSettings.Builder settings = HeartbeatClientSettings.builder("wss://localhost");
		supplied.check(settings.build());
		HeartbeatClientSettings context = settings.build().mutate().sslContext(sslContext()).build();
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(() -> supplied.check(context))
			.withMessageContaining("'sslContext' cannot be applied to a supplied Jetty container");
		HeartbeatClientSettings bundle = settings.sslBundle("x").build();
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(() -> supplied.check(bundle))
			.withMessageContaining("'ssl.bundle' is 'x', which cannot be applied to a supplied Jetty container");
		HeartbeatClientSettings compressed = HeartbeatClientSettings.builder("ws://localhost")
			.compressionEnabled(true)
			.build();
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(() -> supplied.check(compressed))
			.withMessageContaining("'compression.enabled' is 'true', which is set with a supplied Jetty container");
	}

}
