package io.github.heartbeat.autoconfigure;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.net.ssl.SSLSession;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.testing.Certificates;
import io.github.heartbeat.testing.HookLog;
import io.github.heartbeat.testing.ImportHeartbeatAutoConfigurations;
import io.github.heartbeat.testing.OurThreads;
import io.github.heartbeat.testing.TestServer;
import io.github.heartbeat.testing.TestServer.Behaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Applications whose clients have an SSL bundle, with a server that requests a
 * certificate.
 */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "TOMCAT", "JETTY" })
@ExtendWith(OutputCaptureExtension.class)
class SslBundleIntegrationTests {

	private static final String PEM = "spring.ssl.bundle.pem.mine.";

	private static final String JKS = "spring.ssl.bundle.jks.mine.";

	@TempDir
	private static Path directory;

	private static Certificates certificates;

	@Parameter
	HeartbeatContainer container;

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private TestServer server;

	@BeforeAll
	static void generateCertificates() throws Exception {
		certificates = new Certificates(directory);
		certificates.sign("good", "-ext", "san=dns:localhost");
		certificates.sign("wrong-host", "-ext", "san=dns:elsewhere.example");
		certificates.sign("first");
		certificates.sign("second");
		certificates.generate("stranger", "-ext", "san=dns:localhost");
		for (String alias : List.of("first", "second")) {
			Files.writeString(pem(alias), certificates.certificatePem(alias) + certificates.privateKeyPem(alias));
		}
		for (String alias : List.of("authority", "stranger")) {
			Files.writeString(pem(alias), certificates.certificatePem(alias));
		}
	}

	private static Path pem(String alias) {
		return directory.resolve(alias + ".pem");
	}

	@BeforeEach
	void startServer() throws Exception {
		this.server = new TestServer(mutual("good"));
	}

	@AfterEach
	void nothingIsLeft() throws IOException {
		this.contexts.forEach(ConfigurableApplicationContext::close);
		this.server.close();
		OurThreads.awaitNone();
	}

	private static Behaviour mutual(String certificate) throws Exception {
		return Behaviour.mutualTls(certificates.server(certificate, "authority"), Behaviour.ECHO);
	}

	private static String[] pemBundle(String alias, String trusted) {
		return new String[] { PEM + "keystore.certificate=" + pem(alias).toUri(),
				PEM + "keystore.private-key=" + pem(alias).toUri(),
				PEM + "truststore.certificate=" + pem(trusted).toUri() };
	}

	private static String[] jksBundle(String type) throws Exception {
		Path keys = directory.resolve("first." + type);
		Path trust = directory.resolve("authority." + type);
		certificates.writeStore(keys, type, "first", true);
		certificates.writeStore(trust, type, "authority", false);
		return new String[] { JKS + "keystore.location=" + keys.toUri(), JKS + "keystore.type=" + type,
				JKS + "keystore.password=" + Certificates.PASSWORD, JKS + "truststore.location=" + trust.toUri(),
				JKS + "truststore.type=" + type, JKS + "truststore.password=" + Certificates.PASSWORD };
	}

	private static String[] with(String[] properties, String... more) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

	private static SslBundle bundle(String alias, String trusted) {
		PemSslBundleProperties properties = new PemSslBundleProperties();
		properties.getKeystore().setCertificate(pem(alias).toUri().toString());
		properties.getKeystore().setPrivateKey(pem(alias).toUri().toString());
		properties.getTruststore().setCertificate(pem(trusted).toUri().toString());
		return PropertiesSslBundle.get(properties);
	}

	/**
	 * Run an application with a client of the bundle.
	 */
	private HookLog run(String... properties) {
		return runClient(Application.class, properties);
	}

	private HookLog runClient(Class<?> application, String... properties) {
		return run(application, with(properties, "heartbeat.clients.feed.url=" + this.server.secureUrl(),
				"heartbeat.clients.feed.ssl.bundle=mine"));
	}

	private HookLog run(Class<?> application, String... properties) {
		this.contexts.add(new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("heartbeat.container=" + this.container, "heartbeat.defaults.reconnect-timeout=100ms",
					"heartbeat.defaults.reconnect-jitter=0", "spring.main.banner-mode=off")
			.properties(properties)
			.run());
		return bean(HookLog.class);
	}

	private <T> T bean(Class<T> type) {
		return this.contexts.get(0).getBean(type);
	}

	private SSLSession session(int connection) {
		Awaitility.await().until(() -> this.server.connection(connection).tlsSession() != null);
		return this.server.connection(connection).tlsSession();
	}

	/**
	 * Return the identity of the client on the most recently upgraded connection.
	 */
	private String lastPeer() throws Exception {
		SSLSession session = null;
		for (TestServer.Connection connection : this.server.connections()) {
			session = connection.requestLine().isEmpty() ? session : connection.tlsSession();
		}
		return session.getPeerPrincipal().getName();
	}

	private TestServer.Connection lastUpgraded() {
		return this.server.connections()
			.stream()
			.filter((connection) -> !connection.requestLine().isEmpty())
			.reduce((first, second) -> second)
			.orElseThrow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PEM", "JKS", "PKCS12" })
	void aBundleOfTheConfigurationIsForMutualTls(String type) throws Exception {
		HookLog log = runClient(CompleteApplication.class,
				type.equals("PEM") ? pemBundle("first", "authority") : jksBundle(type));
		log.await("OPEN");
		bean(HeartbeatClient.class).send("hello").join();
		log.await("MESSAGE hello");
		assertThat(log.lines()).containsExactly("OPEN", "MESSAGE hello");
		assertThat(lastPeer()).isEqualTo("CN=first");
	}

	@Test
	void theServerRefusesAClientWhoseBundleHasNoCertificate() {
		HookLog log = run(PEM + "truststore.certificate=" + pem("authority").toUri());
		log.await("RECONNECT 2");
		assertThat(log.lines()).noneMatch((line) -> line.startsWith("OPEN"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "wrong-host", "stranger" })
	void aServerThatCannotProveWhoItIsIsRefused(String certificate) throws Exception {
		this.server.behave(mutual(certificate));
		HookLog log = run(pemBundle("first", "authority"));
		log.await("RECONNECT 2");
		assertThat(log.lines()).startsWith("ERROR TLS", "RECONNECT 1", "ERROR TLS", "RECONNECT 2");
		assertThat(this.server.connections()).allMatch((connection) -> connection.requestLine().isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "wrong-host", "stranger" })
	void aServerThatCannotProveWhoItIsIsRefusedWithOptionsToo(String certificate) throws Exception {
		this.server.behave(mutual(certificate));
		HookLog log = run(with(pemBundle("first", "authority"), PEM + "options.enabled-protocols=TLSv1.2"));
		log.await("RECONNECT 2");
		assertThat(log.lines()).startsWith("ERROR TLS", "RECONNECT 1", "ERROR TLS", "RECONNECT 2");
		assertThat(this.server.connections()).allMatch((connection) -> connection.requestLine().isEmpty());
	}

	@Test
	void withoutOptionsTheNewestProtocolIsNegotiated() {
		run(pemBundle("first", "authority")).await("OPEN");
		assertThat(session(1).getProtocol()).isEqualTo("TLSv1.3");
	}

	@Test
	void anEnabledProtocolIsNegotiated() {
		run(with(pemBundle("first", "authority"), PEM + "options.enabled-protocols=TLSv1.2")).await("OPEN");
		assertThat(session(1).getProtocol()).isEqualTo("TLSv1.2");
	}

	/**
	 * Neither is the default choice of client and server, and Jetty considers the second
	 * one weak.
	 */
	@ParameterizedTest
	@CsvSource({ "TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" })
	void aCipherIsNegotiated(String protocol, String cipher) {
		run(with(pemBundle("first", "authority"), PEM + "options.ciphers=" + cipher)).await("OPEN");
		assertThat(session(1).getCipherSuite()).isEqualTo(cipher);
		assertThat(session(1).getProtocol()).isEqualTo(protocol);
	}

	@Test
	void aReloadedBundleIsUsedFromTheNextAttemptOnAndNotBefore() throws Exception {
		HookLog log = run(pemBundle("first", "authority"));
		log.await("OPEN");
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		bean(HeartbeatClient.class).send("still there").join();
		log.await("MESSAGE still there");
		assertThat(lastPeer()).isEqualTo("CN=first");
		lastUpgraded().drop();
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("first", "authority"));
		lastUpgraded().drop();
		log.await("OPEN again", 2);
		assertThat(lastPeer()).isEqualTo("CN=first");
		assertThat(log.count("RECONNECT")).isEqualTo(2);
	}

	@Test
	void anotherClientOfAReloadedBundleKeepsItsConnection() throws Exception {
		HookLog log = run(with(pemBundle("first", "authority"),
				"heartbeat.clients.other.url=" + this.server.secureUrl(), "heartbeat.clients.other.ssl.bundle=mine"));
		log.await("OPEN", 2);
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		bean(HeartbeatClients.class).get("other").reconnect();
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		bean(HeartbeatClients.class).get("feed").send("still there").join();
		log.await("MESSAGE still there");
		assertThat(log.count("CLOSE")).isEqualTo(1);
	}

	@Test
	void aReloadCostsNoAttemptThatIsUnderWay() throws Exception {
		HookLog log = run(pemBundle("first", "authority"));
		HeartbeatClients clients = bean(HeartbeatClients.class);
		for (int i = 0; i < 8; i++) {
			clients.create("client-" + i,
					HeartbeatClientSettings.builder(this.server.secureUrl()).sslBundle("mine").build());
		}
		log.await("OPEN", 9);
		for (int i = 0; i < 5; i++) {
			for (HeartbeatClient client : clients.getAll().values()) {
				client.reconnect();
				bean(SslBundleRegistry.class).updateBundle("mine",
						bundle((i % 2 == 0) ? "second" : "first", "authority"));
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> clients.getAll().values().stream().allMatch(HeartbeatClient::isOpen));
		}
		assertThat(log.lines()).noneMatch((line) -> line.startsWith("ERROR"));
	}

	/**
	 * The attempt fails instead of ignoring the bundle.
	 */
	@Test
	void aHandshakeCustomizerMayNotLeaveTls() throws Exception {
		HookLog log = run(Application.class, pemBundle("first", "authority"));
		bean(HeartbeatClients.class).create("late",
				HeartbeatClientSettings.builder(this.server.secureUrl())
					.sslBundle("mine")
					.repeatLimit(0)
					.handshakeCustomizer((name, handshake) -> handshake.setUrl(URI.create(this.server.url())))
					.build());
		log.await("EXHAUSTED");
		assertThat(log.lines()).containsExactly("ERROR HANDSHAKE_CUSTOMIZER", "EXHAUSTED 0");
		assertThat(this.server.connections()).isEmpty();
	}

	@Test
	void aBundleWhoseFilesChangeIsReloaded() throws Exception {
		Files.copy(pem("first"), pem("rotated"), StandardCopyOption.REPLACE_EXISTING);
		HookLog log = runClient(CompleteApplication.class,
				with(pemBundle("rotated", "authority"), PEM + "reload-on-update=true",
						"spring.ssl.bundle.watch.file.quiet-period=100ms",
						"heartbeat.defaults.ssl.reconnect-on-reload=true"));
		log.await("OPEN");
		Path next = directory.resolve("next");
		Files.copy(pem("second"), next);
		Files.move(next, pem("rotated"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		assertThat(log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void aBundleWhoseFilesChangeIsUsedFromTheNextAttemptOnAndNotBefore() throws Exception {
		Files.copy(pem("first"), pem("rotated"), StandardCopyOption.REPLACE_EXISTING);
		HookLog log = run(with(pemBundle("rotated", "authority"), PEM + "reload-on-update=true",
				"spring.ssl.bundle.watch.file.quiet-period=100ms"));
		log.await("OPEN");
		CountDownLatch reloaded = new CountDownLatch(1);
		bean(SslBundles.class).addBundleUpdateHandler("mine", (bundle) -> reloaded.countDown());
		Path next = directory.resolve("next");
		Files.copy(pem("second"), next);
		Files.move(next, pem("rotated"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		assertThat(reloaded.await(20, TimeUnit.SECONDS)).isTrue();
		bean(HeartbeatClient.class).send("still there").join();
		log.await("MESSAGE still there");
		lastUpgraded().drop();
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		assertThat(log.count("CLOSE")).isEqualTo(1);
	}

	@Test
	void aReloadReconnectsAtOnceWhereThatIsAskedFor() throws Exception {
		HookLog log = run(with(pemBundle("first", "authority"), "heartbeat.clients.feed.ssl.reconnect-on-reload=true"));
		log.await("OPEN");
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		assertThat(log.lines()).containsExactly("OPEN", "CLOSE 1000 CLIENT", "RECONNECT 1", "OPEN again");
	}

	@Test
	void aReloadEndsTheWaitOfAClientWhoseBundleWasWrong() throws Exception {
		HookLog log = run(with(pemBundle("first", "stranger"), "heartbeat.clients.feed.ssl.reconnect-on-reload=true",
				"heartbeat.clients.feed.reconnect-timeout=1h"));
		log.await("RECONNECT");
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		log.await("OPEN");
		assertThat(lastPeer()).isEqualTo("CN=second");
	}

	@Test
	void aHandshakeUnderWayDoesNotKeepTheReloadedBundleFromBeingUsed() throws Exception {
		this.server.behave(Behaviour.MUTE, mutual("good"));
		HookLog log = run(with(pemBundle("first", "authority"), "heartbeat.clients.feed.ssl.reconnect-on-reload=true",
				"heartbeat.clients.feed.connect-timeout=30s"));
		this.server.connection(1);
		Awaitility.await()
			.until(() -> bean(HeartbeatClient.class).getState() == HeartbeatClientState.CONNECTING
					&& isHandshakeUnderWay());
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		log.await("OPEN");
		assertThat(lastPeer()).isEqualTo("CN=second");
		assertThat(log.lines()).containsExactly("RECONNECT 1", "OPEN");
		this.server.connection(1).thaw();
		this.server.connection(1).awaitEnd();
	}

	private boolean isHandshakeUnderWay() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getKey().getName().startsWith("heartbeat-connect-")
					&& List.of(entry.getValue()).stream().anyMatch((frame) -> frame.getMethodName().equals("get")));
	}

	@Test
	void aReloadThatCannotBeUsedKeepsTheBundleBeforeAndSaysSoOnce(CapturedOutput output) throws Exception {
		HookLog log = run(with(pemBundle("first", "authority"), "heartbeat.clients.feed.ssl.reconnect-on-reload=true"));
		log.await("OPEN");
		PemSslBundleProperties broken = new PemSslBundleProperties();
		broken.getKeystore().setCertificate(pem("first").toUri().toString());
		broken.getKeystore().setPrivateKey("MIIsecret");
		bean(SslBundleRegistry.class).updateBundle("mine", PropertiesSslBundle.get(broken));
		lastUpgraded().drop();
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=first");
		assertThat(log.lines()).doesNotContain("CLOSE 1000 CLIENT");
		assertThat(output.getAll()).containsOnlyOnce("SSL bundle 'mine' was reloaded, but it cannot be loaded")
			.doesNotContain("MIIsecret");
		assertThat(output.getAll().lines().filter((line) -> line.contains("'mine'"))).singleElement()
			.asString()
			.contains(" WARN ");
	}

	@Test
	void aReloadWithOptionsThatCannotBeAppliedKeepsTheBundleBefore(CapturedOutput output) throws Exception {
		HookLog log = run(pemBundle("first", "authority"));
		log.await("OPEN");
		PemSslBundleProperties broken = new PemSslBundleProperties();
		broken.getOptions().setEnabledProtocols(Set.of("TLSv9"));
		bean(SslBundleRegistry.class).updateBundle("mine", PropertiesSslBundle.get(broken));
		lastUpgraded().drop();
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=first");
		assertThat(output.getAll()).containsOnlyOnce(
				"SSL bundle 'mine' was reloaded, but it enables the protocol 'TLSv9', which this JVM does not support");
	}

	@Test
	void aClientMadeAtRunTimeHasABundleAndItsReloads() throws Exception {
		HookLog log = run(Application.class, pemBundle("first", "authority"));
		HeartbeatClients clients = bean(HeartbeatClients.class);
		clients.create("late",
				HeartbeatClientSettings.builder(this.server.secureUrl())
					.sslBundle("mine")
					.sslReconnectOnReload(true)
					.build());
		log.await("OPEN");
		assertThat(lastPeer()).isEqualTo("CN=first");
		bean(SslBundleRegistry.class).updateBundle("mine", bundle("second", "authority"));
		log.await("OPEN again");
		assertThat(lastPeer()).isEqualTo("CN=second");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> clients.create("unknown",
					HeartbeatClientSettings.builder(this.server.secureUrl()).sslBundle("other").build()))
			.withMessage("'ssl.bundle' is 'other', which is not the name of an SSL bundle. Use one of mine, "
					+ "or define it under 'spring.ssl.bundle.pem' or 'spring.ssl.bundle.jks'.");
	}

	/**
	 * Each of the eight idle threads of Jetty can still refer to its last client.
	 */
	@Test
	void clientsOfABundleThatComeAndGoLeaveNothingBehind() throws Exception {
		HookLog log = run(CountingApplication.class);
		HeartbeatClients clients = bean(HeartbeatClients.class);
		List<WeakReference<HeartbeatClient>> removed = new ArrayList<>();
		for (int i = 1; i <= 20; i++) {
			removed.add(new WeakReference<>(clients.create("late",
					HeartbeatClientSettings.builder(this.server.secureUrl())
						.sslBundle("mine")
						.sslReconnectOnReload(true)
						.build())));
			log.await("OPEN", i);
			clients.remove("late");
			log.await("CLOSE", i);
		}
		assertThat(bean(CountingBundles.class).handlers).hasValue(1);
		bean(CountingBundles.class).registry.updateBundle("mine", bundle("second", "authority"));
		assertThat(log.lines()).hasSize(40).noneMatch((line) -> line.startsWith("RECONNECT"));
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc();
			return removed.stream().filter((reference) -> reference.get() != null).count() <= 8;
		});
	}

	static Stream<Arguments> bundlesThatCannotBeUsed() {
		return Stream.of(
				arguments("heartbeat.clients.feed.ssl.bundle=other",
						"'heartbeat.clients.feed.ssl.bundle' is 'other', which is not the name of an SSL bundle.",
						"Use one of mine, or define it under 'spring.ssl.bundle.pem' or 'spring.ssl.bundle.jks'."),
				arguments("heartbeat.defaults.ssl.bundle=other",
						"'heartbeat.defaults.ssl.bundle' is 'other', which is not the name of an SSL bundle.",
						"Use one of mine"),
				arguments(
						"spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which cannot be found because the application has no SslBundles bean.",
						"SslAutoConfiguration"),
				arguments("heartbeat.clients.feed.url=ws://localhost:1",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which requires a url of scheme wss.",
						"Use wss://"),
				arguments("spring.ssl.bundle.pem.mine.truststore.certificate=file:/does/not/exist.pem",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which cannot be loaded (java.io.FileNotFoundException).",
						"Check its files"),
				arguments("spring.ssl.bundle.pem.mine.keystore.private-key=MIIsecret",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which cannot be loaded (java.io.FileNotFoundException).",
						"Check its files"),
				arguments("spring.ssl.bundle.pem.mine.protocol=TLSv9",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which cannot be loaded (java.security.NoSuchAlgorithmException: TLSv9 SSLContext not available).",
						"Check its files"),
				arguments("spring.ssl.bundle.pem.mine.options.enabled-protocols=TLSv9",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which enables the protocol 'TLSv9', which this JVM does not support.",
						"Use TLSv1.3, TLSv1.2"),
				arguments("spring.ssl.bundle.pem.mine.options.enabled-protocols=TLSv1.1",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which enables the protocol 'TLSv1.1', which this JVM has disabled.",
						"Use TLSv1.3, TLSv1.2"),
				arguments("spring.ssl.bundle.pem.mine.options.ciphers=NONE_SUCH",
						"'heartbeat.clients.feed.ssl.bundle' is 'mine', which enables the cipher 'NONE_SUCH', which this JVM does not support or has disabled.",
						"Use names of Java such as TLS_"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("bundlesThatCannotBeUsed")
	void aBundleThatCannotBeUsedStopsTheApplicationWithAnAnalysis(String property, String description, String action,
			CapturedOutput output) {
		assertRefused(Application.class, output, description, action, with(pemBundle("first", "authority"),
				"heartbeat.clients.feed.url=wss://localhost:1", "heartbeat.clients.feed.ssl.bundle=mine", property));
	}

	@Test
	void aStoreWithAWrongPasswordStopsTheApplicationWithAnAnalysis(CapturedOutput output) throws Exception {
		assertRefused(CompleteApplication.class, output,
				"'heartbeat.clients.feed.ssl.bundle' is 'mine', which cannot be loaded (java.security.UnrecoverableKeyException: ",
				"Check its files, passwords", with(jksBundle("PKCS12"), "heartbeat.clients.feed.url=wss://localhost:1",
						"heartbeat.clients.feed.ssl.bundle=mine", JKS + "keystore.password=MIIsecret"));
	}

	private void assertRefused(Class<?> type, CapturedOutput output, String description, String action,
			String... properties) {
		SpringApplication application = new SpringApplication(type);
		application.setWebApplicationType(WebApplicationType.NONE);
		List<String> arguments = new ArrayList<>(List.of("--heartbeat.container=" + this.container));
		List.of(properties).forEach((property) -> {
			String key = "--" + property.substring(0, property.indexOf('=') + 1);
			arguments.removeIf((argument) -> argument.startsWith(key));
			arguments.add("--" + property);
		});
		assertThatException().isThrownBy(() -> application.run(arguments.toArray(String[]::new)));
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START")
			.contains("Description:\n\n" + description)
			.doesNotContain("MIIsecret");
		assertThat(output.getAll().substring(output.getAll().indexOf("Action:"))).contains(action);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportHeartbeatAutoConfigurations
	static class Application extends Hooks {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class CompleteApplication extends Hooks {

	}

	static class Hooks {

		@Bean
		HookLog hookLog() {
			return new HookLog();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CountingApplication extends Application {

		@Bean
		CountingBundles sslBundles() {
			return new CountingBundles();
		}

	}

	static final class CountingBundles implements SslBundles {

		final DefaultSslBundleRegistry registry = new DefaultSslBundleRegistry("mine", bundle("first", "authority"));

		final AtomicInteger handlers = new AtomicInteger();

		@Override
		public SslBundle getBundle(String name) {
			return this.registry.getBundle(name);
		}

		@Override
		public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
			this.handlers.incrementAndGet();
			this.registry.addBundleUpdateHandler(name, handler);
		}

		@Override
		public void addBundleRegisterHandler(BiConsumer<String, SslBundle> handler) {
			this.registry.addBundleRegisterHandler(handler);
		}

		@Override
		public List<String> getBundleNames() {
			return this.registry.getBundleNames();
		}

	}

}
