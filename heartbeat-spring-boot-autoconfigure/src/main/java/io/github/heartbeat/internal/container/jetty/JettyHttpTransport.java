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

	private final Consumer<JettyAttempt> attemptListener;

	/**
	 * Create a transport.
	 * @param connector opens the sockets
	 * @param attemptListener receives each new attempt before it is used, on the thread
	 * that sends the request
	 */
	JettyHttpTransport(JettyConnector connector, Consumer<JettyAttempt> attemptListener) {
		super(connector);
		this.connector = connector;
		this.attemptListener = attemptListener;
	}

	/**
	 * Also called when a request is sent again; the request keeps its attempt.
	 */
	@Override
	public Origin newOrigin(Request request) {
		if (!(request.getTransport() instanceof JettyAttempt)) {
			JettyAttempt attempt = new JettyAttempt(request, this.connector);
			request.transport(attempt);
			this.attemptListener.accept(attempt);
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
