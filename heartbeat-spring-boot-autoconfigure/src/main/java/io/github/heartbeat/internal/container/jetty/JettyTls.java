package io.github.heartbeat.internal.container.jetty;

import io.github.heartbeat.internal.tls.Tls;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The TLS of a container of Jetty. Changed by one thread at a time.
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
	 * Use this TLS for the connections from now on, and leave those alone that are there
	 * or under way.
	 */
	void change(Tls tls) {
		if (tls.equals(this.tls)) {
			return;
		}
		try {
			this.factory.reload((factory) -> configure(factory, tls));
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not change the TLS of Jetty's WebSocket client", ex);
		}
		this.tls = tls;
	}

	/**
	 * Jetty drops what it takes for weak, even where that is asked for by name.
	 */
	private void configure(SslContextFactory factory, Tls tls) {
		factory.setSslContext(tls.clientContext());
		factory.setExcludeProtocols(tls.protocols().isEmpty() ? this.weakProtocols : new String[0]);
		factory.setExcludeCipherSuites(tls.ciphers().isEmpty() ? this.weakCiphers : new String[0]);
	}

}
