package io.github.heartbeat.internal.client;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.ConnectProxy;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.TestServer.Behaviour;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.BasicAuthentication.BasicResult;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests HTTP proxies: each line about them in docs/tls-and-proxies.md. Only the proxy can
 * resolve the name of the server.
 */
class ProxyIntegrationTests extends LiveClients {

	private static final String HOST = "nowhere.invalid";

	@TempDir
	private static Path directory;

	private static Certificates certificates;

	private final ProxySelector original = ProxySelector.getDefault();

	private final List<URI> asked = new CopyOnWriteArrayList<>();

	private final HttpClient httpClient = new HttpClient();

	private final JakartaWebSocketClientContainer jetty = new JakartaWebSocketClientContainer(this.httpClient);

	private ConnectProxy proxy;

	@BeforeAll
	static void generateCertificates() throws Exception {
		certificates = new Certificates(directory);
		certificates.sign("server", "-ext", "san=dns:" + HOST);
	}

	@Override
	protected HeartbeatContainer container() {
		return HeartbeatContainer.TOMCAT;
	}

	@BeforeEach
	void startProxy() throws IOException {
		this.proxy = new ConnectProxy(server().port());
	}

	@AfterEach
	void stopProxy() throws Exception {
		this.jetty.stop();
		ProxySelector.setDefault(this.original);
		this.proxy.close();
	}

	private void useProxyInTheWholeJvm() {
		ProxySelector.setDefault(this.proxy.selector(this.asked));
	}

	private String url(String scheme) {
		return scheme + "://" + HOST + ":" + server().port() + "/test?k=v";
	}

	private String connect() {
		return "CONNECT " + HOST + ":" + server().port() + " HTTP/1.1\r\n";
	}

	private void assertExchangesMessages(HeartbeatClient client) throws InterruptedException {
		client.send("hello").join();
		log().await("MESSAGE hello");
		assertThat(server().connections().get(server().connections().size() - 1).next()).isEqualTo("TEXT hello");
	}

	@Test
	void tomcatTunnelsThroughTheProxyOfTheJvmForHttpWhereTheUrlIsWs() throws Exception {
		useProxyInTheWholeJvm();
		assertExchangesMessages(open(settings(url("ws")).header("Authorization", "secret")));
		assertThat(this.asked).containsExactly(URI.create(url("http")));
		assertThat(this.proxy.requests()).hasSize(1)
			.first()
			.asString()
			.startsWith(connect())
			.doesNotContain("secret", "/test");
		assertThat(server().connection(1).requestLine()).isEqualTo("GET /test?k=v HTTP/1.1");
	}

	@Test
	void tomcatTunnelsThroughTheProxyOfTheJvmForHttpsWhereTheUrlIsWss() throws Exception {
		server().behave(Behaviour.tls(certificates.server("server"), Behaviour.ECHO));
		useProxyInTheWholeJvm();
		assertExchangesMessages(open(settings(url("wss")).sslContext(certificates.client("authority"))));
		assertThat(this.asked).containsExactly(URI.create(url("https")));
		assertThat(this.proxy.requests()).hasSize(1).first().asString().startsWith(connect());
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "wss" })
	void tomcatHeedsTheSystemProperties(String scheme) throws Throwable {
		server().behave(
				scheme.equals("ws") ? Behaviour.ECHO : Behaviour.tls(certificates.server("server"), Behaviour.ECHO));
		withSystemProperties(proxyProperties(scheme), () -> {
			assertExchangesMessages(open(settings(url(scheme)).sslContext(certificates.client("authority"))));
			assertThat(this.proxy.requests()).hasSize(1);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "wss" })
	void tomcatHeedsTheSystemPropertyOfExceptions(String scheme) throws Throwable {
		Map<String, String> properties = new HashMap<>(proxyProperties(scheme));
		properties.put("http.nonProxyHosts", HOST);
		withSystemProperties(properties, () -> {
			create(settings(url(scheme)).repeatLimit(0));
			log().await("EXHAUSTED");
			assertThat(log().lines()).containsExactly("ERROR NAME_RESOLUTION", "EXHAUSTED 0");
			assertThat(this.proxy.requests()).isEmpty();
		});
	}

	private Map<String, String> proxyProperties(String scheme) {
		String prefix = scheme.equals("ws") ? "http." : "https.";
		return Map.of(prefix + "proxyHost", "localhost", prefix + "proxyPort", String.valueOf(this.proxy.port()));
	}

	private static void withSystemProperties(Map<String, String> properties, Executable test) throws Throwable {
		properties.forEach(System::setProperty);
		try {
			test.execute();
		}
		finally {
			properties.keySet().forEach(System::clearProperty);
		}
	}

	@Test
	void theNameOfTheServerIsLookedUpHereTooButNeedNotBeFound() {
		useProxyInTheWholeJvm();
		HeartbeatClient unknown = open(settings(url("ws")));
		assertThat(unknown.getSession().getRemoteAddress().isUnresolved()).isTrue();
		assertThat(unknown.getSession().getRemoteAddress().getHostString()).isEqualTo(HOST);
		HookLog log = new HookLog();
		HeartbeatClient known = clients().create("known", settings().listener(log).build());
		log.await("OPEN");
		assertThat(known.getSession().getRemoteAddress().isUnresolved()).isFalse();
		assertThat(this.proxy.requests()).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "403,", "502,", "302,Location: http://localhost/login", "407,",
			"407,Proxy-Authenticate: Basic realm=\"proxy\"",
			"407,Proxy-Authenticate: Digest realm=\"proxy\"; nonce=\"1\"", "407,Proxy-Authenticate: Negotiate" })
	void aProxyThatRefusesOnTomcatIsNotTakenForTheServer(int status, String header) {
		this.proxy.refuse(status, (header != null) ? new String[] { header } : new String[0]);
		useProxyInTheWholeJvm();
		assertReconnectsAfterTheProxyRefused(settings(url("ws")), status);
	}

	private void assertReconnectsAfterTheProxyRefused(HeartbeatClientSettings.Builder settings, int status) {
		List<String> messages = new CopyOnWriteArrayList<>();
		create(settings.stopOnHttpStatuses("100-599")
			.repeatLimit(1)
			.reconnectPolicy((name, attempt, elapsed, cause) -> {
				messages.add(cause.getMessage());
				return HeartbeatReconnectDecision.undecided();
			}));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "RECONNECT 1", "ERROR CONNECT", "EXHAUSTED 1");
		assertThat(messages).isNotEmpty()
			.containsOnly(
					"A proxy refused to connect to " + HOST + ":" + server().port() + " with HTTP status " + status);
		assertThat(server().connections()).isEmpty();
	}

	@Test
	void aServerThatRefusesBehindAProxyOnTomcatIsNotTakenForTheProxy() {
		server().behave(Behaviour.status(401, "WWW-Authenticate: Basic realm=\"server\""));
		useProxyInTheWholeJvm();
		create(settings(url("ws")).repeatLimit(0));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 401", "EXHAUSTED 0");
	}

	@Test
	void aProxyThatNeverAnswersIsGivenUpOnTimeOnTomcat() {
		useProxyInTheWholeJvm();
		assertIsGivenUpOnTime(settings(url("ws")).build());
	}

	/**
	 * A client that connects runs first, because loading a container takes time.
	 */
	private void assertIsGivenUpOnTime(HeartbeatClientSettings settings) {
		HookLog first = new HookLog();
		clients().create("first", settings.mutate().listener(first).build());
		first.await("OPEN");
		this.proxy.mute();
		HookLog second = new HookLog();
		long start = System.nanoTime();
		clients().create("second",
				settings.mutate().connectTimeout(Duration.ofMillis(700)).repeatLimit(0).listener(second).build());
		HookLog.Entry end = second.await("EXHAUSTED");
		assertThat(second.lines()).containsExactly("ERROR CONNECT_TIMEOUT", "EXHAUSTED 0");
		assertThat(end.secondsSince(start)).isBetween(0.65, 4.0);
		assertThat(this.proxy.requests()).hasSize(2);
	}

	@Test
	void aProxyThatIsNotThereIsAnErrorOfTheConnectOnTomcat() throws IOException {
		useProxyInTheWholeJvm();
		this.proxy.close();
		create(settings(url("ws")).repeatLimit(0));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR CONNECT", "EXHAUSTED 0");
	}

	@Test
	void theContainerOfJettyDoesNotKnowTheProxyOfTheJvm() {
		useProxyInTheWholeJvm();
		DefaultHeartbeatClients clients = TestClients.create(HeartbeatContainer.JETTY);
		try {
			clients.start();
			clients.create("direct", settings().listener(log()).build());
			log().await("OPEN");
		}
		finally {
			clients.destroy();
		}
		assertThat(this.asked).isEmpty();
		assertThat(this.proxy.requests()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "wss" })
	void aSuppliedContainerOfJettyUsesItsProxy(String scheme) throws Exception {
		open(settings(url(scheme)).webSocketContainer(jetty(scheme)));
		assertThat(this.proxy.requests()).hasSize(1)
			.first()
			.asString()
			.startsWith(scheme.equals("wss") ? connect() : "GET " + url("ws") + " HTTP/1.1\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "wss" })
	void aSuppliedContainerOfJettyMayKnowThePasswordOfItsProxy(String scheme) throws Exception {
		WebSocketContainer container = jetty(scheme);
		this.httpClient.getAuthenticationStore()
			.addAuthenticationResult(new BasicResult(URI.create("http://localhost:" + this.proxy.port()),
					HttpHeader.PROXY_AUTHORIZATION, "user", "password"));
		open(settings(url(scheme)).webSocketContainer(container));
		assertThat(this.proxy.requests()).hasSize(1)
			.first()
			.asString()
			.contains("Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA==");
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 407, 502 })
	void aProxyThatRefusesATunnelOnJettyIsNotTakenForTheServer(int status) throws Exception {
		this.proxy.refuse(status, "Proxy-Authenticate: Basic realm=\"proxy\"");
		assertReconnectsAfterTheProxyRefused(settings(url("wss")).webSocketContainer(jetty("wss")), status);
	}

	@Test
	void aProxyThatRefusesAnUpgradeOnJettyCannotBeToldFromTheServer() throws Exception {
		this.proxy.refuse(403);
		create(settings(url("ws")).webSocketContainer(jetty("ws")).repeatLimit(0));
		log().await("EXHAUSTED");
		assertThat(log().lines()).containsExactly("ERROR HANDSHAKE_REFUSED 403", "EXHAUSTED 0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws", "wss" })
	void aProxyThatNeverAnswersIsGivenUpOnTimeOnJetty(String scheme) throws Exception {
		assertIsGivenUpOnTime(settings(url(scheme)).webSocketContainer(jetty(scheme)).build());
	}

	/**
	 * Return a container of Jetty that uses the proxy, and make the server use the
	 * scheme.
	 */
	private WebSocketContainer jetty(String scheme) throws Exception {
		if (scheme.equals("wss")) {
			server().behave(Behaviour.tls(certificates.server("server"), Behaviour.ECHO));
			SslContextFactory.Client sslContextFactory = new SslContextFactory.Client();
			sslContextFactory.setSslContext(certificates.client("authority"));
			this.httpClient.setSslContextFactory(sslContextFactory);
		}
		this.httpClient.getProxyConfiguration().addProxy(new HttpProxy("localhost", this.proxy.port()));
		this.jetty.addManaged(this.httpClient);
		this.jetty.start();
		return this.jetty;
	}

}
