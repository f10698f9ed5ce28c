package io.github.heartbeat.internal.container.jetty;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
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
 * Jetty's connector, which closes what is still connecting when it is stopped. Jetty
 * forgets a socket that comes between its last look at all of them and the end of its
 * selector, and leaves it open for good.
 */
final class JettyConnector extends ClientConnector implements Connection.Listener {

	/** Those that are not upgraded yet: one that is belongs to its client. */
	private final Set<SelectableChannel> connecting = ConcurrentHashMap.newKeySet();

	/**
	 * The first that is told of a new socket.
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
	 * Close a socket, whether it is connecting or connected. What Jetty keeps of it is
	 * found by way of the selector that it is registered with, and a closed socket leaves
	 * its selector only when that is woken up, so all this is left to the selector.
	 */
	void close(SelectableChannel socket) {
		selectors().forEach((selector) -> selector.submit((keys) -> close(socket, socket.keyFor(keys))));
	}

	/**
	 * One that is not registered yet cannot be once it is closed.
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
	 * Return whether all selectors handle what is submitted to them.
	 */
	boolean isAlive(long timeoutMillis) throws InterruptedException {
		List<ManagedSelector> selectors = selectors();
		CountDownLatch handled = new CountDownLatch(selectors.size());
		selectors.forEach((selector) -> selector.submit((keys) -> handled.countDown()));
		return handled.await(timeoutMillis, TimeUnit.MILLISECONDS);
	}

	/**
	 * Close all sockets and selectors, where a stop would wait for threads that have
	 * died. A socket is not released before its selector is closed.
	 */
	void abandon() {
		for (ManagedSelector managed : selectors()) {
			Selector selector = managed.getSelector();
			if (selector.isOpen()) {
				List.copyOf(selector.keys()).forEach((key) -> IO.close(key.channel()));
				IO.close(selector);
			}
		}
		this.connecting.forEach(IO::close);
		this.connecting.clear();
	}

	private List<ManagedSelector> selectors() {
		return getBeans(SelectorManager.class).stream()
			.flatMap((manager) -> manager.getBeans(ManagedSelector.class).stream())
			.toList();
	}

	@Override
	protected void acceptFailed(Throwable failure, SelectableChannel socket, Map<String, Object> context) {
		forget(socket);
		super.acceptFailed(failure, socket, context);
	}

	/**
	 * Called for the end of HTTP as well, when a connection is upgraded. Jetty asks the
	 * beans of the HTTP client for such listeners.
	 */
	@Override
	public void onClosed(Connection connection) {
		Object transport = connection.getEndPoint();
		while (transport instanceof EndPoint endPoint) {
			transport = endPoint.getTransport();
		}
		forget(transport);
	}

	private void forget(@Nullable Object socket) {
		if (socket != null) {
			this.connecting.remove(socket);
		}
	}

	/**
	 * Jetty itself refuses those that come after its end.
	 */
	@Override
	protected void doStop() throws Exception {
		try {
			super.doStop();
		}
		finally {
			this.connecting.forEach(IO::close);
			this.connecting.clear();
		}
	}

}
