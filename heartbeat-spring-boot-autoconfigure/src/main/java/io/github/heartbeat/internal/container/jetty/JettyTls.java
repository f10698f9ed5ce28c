package io.github.heartbeat.internal.container.jetty;

import io.github.heartbeat.internal.tls.Tls;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The TLS configuration of a Jetty container. Changed by one thread at a time.
 */
final class JettyTls {

	private final SslContextFactory.Client factory = new SslContextFactory.Client();

	private final String[] weakProtocols = this.factory.getExcludeProtocols();

	private final String[] weakCiphers = this.factory.getExcludeCipherSuites();

	private Tls tls;

	JettyTls(Tls tls) {
		this.tls = tls;
		configure(this.factory, tls);
	}

	SslContextFactory.Client factory() {
		return this.factory;
	}

	/**
	 * Use a TLS configuration for new connections. Existing connections and running
	 * handshakes keep theirs.
	 */
	void change(Tls tls) {
		if (tls.equals(this.tls)) {
			return;
		}
		try {
			this.factory.reload((factory) -> configure(factory, tls));
		}
		catch (Exception ex) {
			throw new IllegalStateException("Failed to change the TLS configuration of Jetty's WebSocket client", ex);
		}
		this.tls = tls;
	}

	/**
	 * Jetty excludes protocols and ciphers that it considers weak, even if they are
	 * configured explicitly.
	 */
	private void configure(SslContextFactory factory, Tls tls) {
		factory.setSslContext(tls.clientContext());
		factory.setExcludeProtocols(tls.protocols().isEmpty() ? this.weakProtocols : new String[0]);
		factory.setExcludeCipherSuites(tls.ciphers().isEmpty() ? this.weakCiphers : new String[0]);
	}

}
