package io.github.heartbeat.benchmark.contestant;

import javax.net.ssl.SSLContext;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Configures Jetty's client to trust a server.
 */
final class Jetty {

	private Jetty() {
	}

	static HttpClient httpClient(SSLContext tls) {
		ClientConnector connector = new ClientConnector();
		SslContextFactory.Client ssl = new SslContextFactory.Client();
		if (tls != null) {
			ssl.setSslContext(tls);
		}
		connector.setSslContextFactory(ssl);
		HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(connector));
		client.setMaxConnectionsPerDestination(20_000);
		return client;
	}

}
