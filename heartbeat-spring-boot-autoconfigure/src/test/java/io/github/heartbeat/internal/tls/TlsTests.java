package io.github.heartbeat.internal.tls;

import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.github.heartbeat.InvalidHeartbeatSettingException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The protocols and ciphers of a bundle are applied or refused.
 */
class TlsTests {

	private static final String OLD_CIPHER = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

	private static final String NEW_CIPHER = "TLS_AES_128_GCM_SHA256";

	private SSLContext context;

	@BeforeEach
	void createContext() throws Exception {
		this.context = SSLContext.getInstance("TLS");
		this.context.init(null, null, null);
	}

	private Tls tls(List<String> protocols, List<String> ciphers) {
		return Tls.of("x", this.context, protocols, ciphers);
	}

	@Test
	void withoutOptionsTheContextIsUsedAsItIs() {
		assertThat(tls(List.of(), List.of()).clientContext()).isSameAs(this.context);
	}

	@Test
	void enginesOfferTheProtocolsAndCiphersAndNothingElse() {
		SSLContext restricted = tls(List.of("TLSv1.2"), List.of(OLD_CIPHER)).clientContext();
		for (SSLEngine engine : List.of(restricted.createSSLEngine(), restricted.createSSLEngine("localhost", 443))) {
			engine.setUseClientMode(true);
			assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.2");
			assertThat(engine.getEnabledCipherSuites()).containsExactly(OLD_CIPHER);
		}
		assertThat(restricted.getDefaultSSLParameters().getProtocols()).containsExactly("TLSv1.2");
		assertThat(restricted.getDefaultSSLParameters().getCipherSuites()).containsExactly(OLD_CIPHER);
		assertThat(restricted.getClientSessionContext()).isSameAs(this.context.getClientSessionContext());
	}

	@Test
	void whatIsNotNamedStaysThatOfTheContext() {
		SSLEngine engine = tls(List.of(), List.of(NEW_CIPHER)).clientContext().createSSLEngine();
		assertThat(engine.getEnabledProtocols()).isEqualTo(this.context.getDefaultSSLParameters().getProtocols());
		engine = tls(List.of("TLSv1.3"), List.of()).clientContext().createSSLEngine();
		assertThat(engine.getEnabledCipherSuites()).isEqualTo(this.context.getDefaultSSLParameters().getCipherSuites());
	}

	@Test
	void aSocketWouldNotBeRestricted() {
		SSLContext restricted = tls(List.of("TLSv1.2"), List.of()).clientContext();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(restricted::getSocketFactory);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(restricted::getServerSocketFactory);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> restricted.init(null, null, null));
	}

	@Test
	void aProtocolThatTheJvmDoesNotSupportIsRefused() {
		assertRefused(List.of("TLSv1.2", "TLSv9"), List.of(),
				"enables the protocol 'TLSv9', which this JVM does not support");
	}

	@Test
	void aProtocolThatTheJvmHasDisabledIsRefused() {
		assertRefused(List.of("TLSv1.2", "TLSv1.1"), List.of(),
				"enables the protocol 'TLSv1.1', which this JVM has disabled");
	}

	@Test
	void aCipherThatTheJvmDoesNotSupportIsRefused() {
		assertRefused(List.of(), List.of(NEW_CIPHER, "ECDHE-ECDSA-AES128-GCM-SHA256"),
				"enables the cipher 'ECDHE-ECDSA-AES128-GCM-SHA256', which this JVM does not support or has disabled");
	}

	@Test
	void protocolsAndCiphersThatDoNotGoTogetherAreRefused() {
		assertRefused(List.of("TLSv1.3"), List.of(OLD_CIPHER), "enables protocols and ciphers that cannot be combined");
	}

	private void assertRefused(List<String> protocols, List<String> ciphers, String reason) {
		assertThatExceptionOfType(InvalidHeartbeatSettingException.class).isThrownBy(() -> tls(protocols, ciphers))
			.satisfies((ex) -> {
				assertThat(ex.getKey()).isEqualTo("ssl.bundle");
				assertThat(ex.getValue()).isEqualTo("x");
				assertThat(ex.getReason()).isEqualTo(reason);
				assertThat(ex.getAction()).isNotEmpty();
			});
	}

}
