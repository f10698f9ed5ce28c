package io.github.heartbeat.internal.container.jetty;

import java.util.function.Consumer;

import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.client.transport.HttpDestination;

/**
 * Jetty's HTTP/1.1 transport with a {@link JettyAttempt} for each request.
 */
final class JettyHttpTransport extends HttpClientTransportOverHTTP {

	private final JettyConnector connector;

	private final Consumer<JettyAttempt> begin;

	/**
	 * Create a transport.
	 * @param connector opens the sockets
	 * @param begin called with each attempt before anything else happens to it, on the
	 * thread that sends the request
	 */
	JettyHttpTransport(JettyConnector connector, Consumer<JettyAttempt> begin) {
		super(connector);
		this.connector = connector;
		this.begin = begin;
	}

	/**
	 * Called again for a request that is sent again, which stays the same attempt.
	 */
	@Override
	public Origin newOrigin(Request request) {
		if (!(request.getTransport() instanceof JettyAttempt)) {
			JettyAttempt attempt = new JettyAttempt(request, this.connector);
			request.transport(attempt);
			this.begin.accept(attempt);
		}
		return super.newOrigin(request);
	}

	@Override
	public Destination newDestination(Origin origin) {
		Destination destination = super.newDestination(origin);
		if (origin.getTransport() instanceof JettyAttempt attempt && destination instanceof HttpDestination own) {
			attempt.destination(own);
		}
		return destination;
	}

}
