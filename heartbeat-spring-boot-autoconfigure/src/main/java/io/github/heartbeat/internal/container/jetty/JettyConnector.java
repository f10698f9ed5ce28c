package io.github.heartbeat.internal.container.jetty;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.IO;
import org.jspecify.annotations.Nullable;

/**
 * A connector that closes connecting sockets when it is stopped. Jetty's own connector
 * misses a socket that is opened after the last scan of all sockets and before the end of
 * its selector, and never closes it.
 */
final class JettyConnector extends ClientConnector implements Connection.Listener {

	/**
	 * How long Jetty may take to fail the request of a closed connection itself, with the
	 * actual cause.
	 */
	private static final int REPORT_MILLIS = 100;

	/**
	 * Sockets whose connection is not upgraded yet. An upgraded connection belongs to its
	 * client.
	 */
	private final Set<SelectableChannel> connecting = ConcurrentHashMap.newKeySet();

	/**
	 * The first method that Jetty calls with a new socket.
	 */
	@Override
	protected void configure(SelectableChannel socket) throws IOException {
		this.connecting.add(socket);
		super.configure(socket);
	}

	@Override
	protected void connectFailed(@Nullable SelectableChannel socket, SocketAddress address, Throwable failure,
			Map<String, Object> context) {
		forget(socket);
		super.connectFailed(socket, address, failure, context);
		if (context.get(Transport.CONTEXT_KEY) instanceof JettyAttempt attempt) {
			attempt.removeUnusedDestination();
		}
	}

	/**
	 * Close a socket, connecting or connected. Jetty's state of the socket is found
	 * through the selector at which it is registered, and a closed socket leaves the
	 * selector only when that is woken up. The selector therefore does all of this.
	 */
	void close(SelectableChannel socket) {
		for (ManagedSelector selector : selectors()) {
			selector.submit(new CloseSocket(socket));
		}
	}

	/**
	 * A socket that is not registered yet cannot be registered after it is closed.
	 */
	private static void close(SelectableChannel socket, @Nullable SelectionKey key) {
		if (key == null && socket.isRegistered()) {
			return;
		}
		if (key != null && key.attachment() instanceof Closeable connectOrEndPoint) {
			IO.close(connectOrEndPoint);
		}
		IO.close(socket);
	}

	/**
	 * Return whether all selectors run submitted tasks within the timeout. Blocks until
	 * then.
	 */
	boolean isAlive(long timeoutMillis) throws InterruptedException {
		List<ManagedSelector> selectors = selectors();
		CountDownLatch handled = new CountDownLatch(selectors.size());
		for (ManagedSelector selector : selectors) {
			selector.submit((keys) -> handled.countDown());
		}
		return handled.await(timeoutMillis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Close all sockets and selectors without waiting for threads that have died, as a
	 * stop would. The sockets are released only when their selector is closed.
	 */
	void abandon() {
		for (ManagedSelector managed : selectors()) {
			Selector selector = managed.getSelector();
			if (selector.isOpen()) {
				for (SelectionKey key : List.copyOf(selector.keys())) {
					IO.close(key.channel());
				}
				IO.close(selector);
			}
		}
		closeConnecting();
	}

	private void closeConnecting() {
		for (SelectableChannel socket : this.connecting) {
			IO.close(socket);
		}
		this.connecting.clear();
	}

	private List<ManagedSelector> selectors() {
		List<ManagedSelector> selectors = new ArrayList<>();
		for (SelectorManager manager : getBeans(SelectorManager.class)) {
			selectors.addAll(manager.getBeans(ManagedSelector.class));
		}
		return selectors;
	}

	@Override
	protected void acceptFailed(Throwable failure, SelectableChannel socket, Map<String, Object> context) {
		forget(socket);
		super.acceptFailed(failure, socket, context);
	}

	/**
	 * Called also at the end of HTTP when a connection is upgraded. Jetty finds such
	 * listeners among the beans of the HTTP client.
	 * <p>
	 * Jetty 12.1.14 does not always fail the request of a connection that ends. If the
	 * end of a TLS stream was read outside of the HTTP reader,
	 * {@code SslConnection.onFillable} closes the connection before it calls the reader.
	 * The reader then gets a {@code ClosedChannelException}, which
	 * {@code AbstractConnection.onFillInterestedFailed} ignores for a closed connection.
	 * Without the close here, the attempt would last until its deadline.
	 */
	@Override
	public void onClosed(Connection connection) {
		Object transport = connection.getEndPoint();
		while (transport instanceof EndPoint endPoint) {
			transport = endPoint.getTransport();
		}
		forget(transport);
		if (connection instanceof org.eclipse.jetty.client.Connection http && !connection.getEndPoint().isOpen()
				&& !http.isClosed()) {
			getScheduler().schedule(http::close, REPORT_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void forget(@Nullable Object socket) {
		if (socket != null) {
			this.connecting.remove(socket);
		}
	}

	/**
	 * Closes the remaining sockets. After its stop Jetty refuses new ones.
	 */
	@Override
	protected void doStop() throws Exception {
		try {
			super.doStop();
		}
		finally {
			closeConnecting();
		}
	}

	private record CloseSocket(SelectableChannel socket) implements ManagedSelector.SelectorUpdate {

		@Override
		public void update(Selector selector) {
			close(this.socket, this.socket.keyFor(selector));
		}

	}

}
