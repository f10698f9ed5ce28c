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
 * The server that contestants connect to, and the settings of their connections.
 * @param uri the URI of the server
 * @param tls the context with the trusted certificates, or {@code null} without TLS
 * @param timeout both the idle time after which a connection gets a heartbeat and the time
 * limit for the answer, or {@code null} if no heartbeat may interfere
 * @param reconnect the wait before a reconnect; {@code null} keeps the contestant's default,
 * which for this library includes the jitter
 */
public record Target(URI uri, SSLContext tls, Duration timeout, Duration reconnect) {

	/** Names the file with the trusted certificate. */
	public static final String TRUST_STORE = "benchmark.trust-store";

	/** The value of {@link #timeout()} in milliseconds. */
	public static final String TIMEOUT = "benchmark.timeout";

	/** The value of {@link #reconnect()} in milliseconds. */
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
	 * Return the timeout. Without a timeout, return a duration that is longer than any row.
	 */
	Duration timeoutOrNever() {
		return (this.timeout != null) ? this.timeout : NEVER;
	}

}
