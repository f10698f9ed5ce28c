package io.github.heartbeat.internal.container.jetty;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The TCP transport of one connection attempt. Jetty queues requests by destination.
 * While it opens a connection to a destination, it opens no further one for another
 * request. The transport is part of a destination's identity. An attempt with a separate
 * transport therefore has a separate destination and waits for no other attempt.
 */
final class JettyAttempt extends Transport.TCPIP {

	private final Request request;

	private final JettyConnector connector;

	private final List<SelectableChannel> channels = new ArrayList<>(1);

	private boolean abandoned;

	private volatile @Nullable HttpDestination destination;

	JettyAttempt(Request request, JettyConnector connector) {
		this.request = request;
		this.connector = connector;
	}

	Request request() {
		return this.request;
	}

	void destination(HttpDestination destination) {
		this.destination = destination;
	}

	/**
	 * Called for each address of the host until one accepts the connection.
	 */
	@Override
	public SelectableChannel newSelectableChannel() throws IOException {
		synchronized (this.channels) {
			if (this.abandoned) {
				throw new ClosedChannelException();
			}
			this.channels.removeIf((channel) -> !channel.isOpen());
			SelectableChannel channel = super.newSelectableChannel();
			this.channels.add(channel);
			return channel;
		}
	}

	/**
	 * Abort the request and close the socket. Jetty leaves a socket open that is still
	 * connecting.
	 */
	void abandon() {
		List<SelectableChannel> open;
		synchronized (this.channels) {
			this.abandoned = true;
			open = List.copyOf(this.channels);
		}
		this.request.abort(new CancellationException("The attempt was cancelled"));
		for (SelectableChannel channel : open) {
			this.connector.close(channel);
		}
	}

	/**
	 * Remove the destination if it is unused. Otherwise Jetty keeps it for a while.
	 */
	void removeUnusedDestination() {
		HttpDestination destination = this.destination;
		if (destination == null || !destination.getHttpExchanges().isEmpty()) {
			return;
		}
		ConnectionPool pool = destination.getConnectionPool();
		if (pool == null || pool.isEmpty()) {
			HttpClient client = destination.getHttpClient();
			if (client.removeDestination(destination)) {
				LifeCycle.stop(destination);
			}
		}
	}

	/**
	 * Attempts are compared by identity.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
