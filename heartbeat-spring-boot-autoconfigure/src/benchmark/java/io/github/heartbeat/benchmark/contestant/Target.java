package io.github.heartbeat.benchmark.contestant;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.github.heartbeat.testing.Certificates;

/**
 * What contestants connect to, and how they watch it.
 *
 * @param uri the server
 * @param tls whom to trust, or {@code null} without TLS
 * @param timeout after how long a quiet connection gets a heartbeat and how long its
 * answer may take, or {@code null} where no heartbeat shall disturb
 * @param reconnect the wait before a reconnect, or {@code null} for the contestant's own
 * and with it, for ours, the jitter
 */
public record Target(URI uri, SSLContext tls, Duration timeout, Duration reconnect) {

	/** Names the file with the certificate to trust. */
	public static final String TRUST_STORE = "benchmark.trust-store";

	/** The milliseconds of {@link #timeout()}. */
	public static final String TIMEOUT = "benchmark.timeout";

	/** The milliseconds of {@link #reconnect()}. */
	public static final String RECONNECT = "benchmark.reconnect";

	/** Longer than any row takes. */
	private static final Duration NEVER = Duration.ofHours(1);

	static Target of(String url) throws Exception {
		String trustStore = System.getProperty(TRUST_STORE);
		return new Target(URI.create(url), (trustStore != null) ? trusting(Path.of(trustStore)) : null, duration(TIMEOUT),
				duration(RECONNECT));
	}

	private static Duration duration(String property) {
		Long millis = Long.getLong(property);
		return (millis != null) ? Duration.ofMillis(millis) : null;
	}

	private static SSLContext trusting(Path file) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, Certificates.PASSWORD.toCharArray());
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

	/**
	 * Return the timeout, which is longer than any row where there is none.
	 */
	Duration timeoutOrNever() {
		return (this.timeout != null) ? this.timeout : NEVER;
	}

}
