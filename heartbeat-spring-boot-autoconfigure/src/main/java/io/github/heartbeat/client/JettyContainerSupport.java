package io.github.heartbeat.client;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.websocket.WebSocketContainer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.exception.UpgradeException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.socket.WebSocketSession;

/**
 * Jetty's WebSocket client. One container of ours serves all clients, since each has
 * threads of its own; it is started for the first connection.
 */
final class JettyContainerSupport implements ContainerSupport {

	private static final Log logger = LogFactory.getLog(JettyContainerSupport.class);

	/** Listeners that block hold a thread each. */
	private static final int MAX_THREADS = 1024;

	/**
	 * As good as no limit: ours ends an attempt, and the operating system a connection
	 * that never comes. (0, which stands for none, fails in Jetty 12.1.14.)
	 */
	private static final long NO_LIMIT_MILLIS = TimeUnit.DAYS.toMillis(1);

	/** How long a thread stays idle, and a connection abandoned before its upgrade. */
	private static final int IDLE_MILLIS = 5000;

	private final Map<Thread, Request> connecting = new ConcurrentHashMap<>();

	private final @Nullable WebSocketContainer supplied;

	private @Nullable JakartaWebSocketClientContainer own;

	private boolean shutdown;

	JettyContainerSupport(@Nullable WebSocketContainer supplied) {
		this.supplied = supplied;
	}

	@Override
	public synchronized WebSocketContainer container() {
		if (this.supplied != null) {
			return this.supplied;
		}
		if (this.own == null) {
			Assert.state(!this.shutdown, "The clients are shut down");
			this.own = start();
		}
		return this.own;
	}

	private JakartaWebSocketClientContainer start() {
		QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
		threads.setName("heartbeat-jetty");
		threads.setDaemon(true);
		threads.setIdleTimeout(IDLE_MILLIS);
		threads.setMaxEvictCount(MAX_THREADS);
		HttpClient httpClient = new HttpClient();
		httpClient.setExecutor(threads);
		httpClient.setName("heartbeat-jetty");
		httpClient.setFollowRedirects(false);
		httpClient.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
		httpClient.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
		httpClient.setHttpCookieStore(new HttpCookieStore.Empty());
		httpClient.setConnectTimeout(NO_LIMIT_MILLIS);
		httpClient.setIdleTimeout(IDLE_MILLIS);
		httpClient.getRequestListeners().addQueuedListener(this::queued);
		JakartaWebSocketClientContainer container = new JakartaWebSocketClientContainer(httpClient);
		container.addManaged(httpClient);
		container.setDefaultMaxSessionIdleTimeout(0);
		try {
			container.start();
			createCoreClient(container);
		}
		catch (Exception ex) {
			throw new IllegalStateException("Could not start Jetty's WebSocket client", ex);
		}
		return container;
	}

	/**
	 * Jetty creates it for the first connect, and more than one where several come at
	 * once, which then fail.
	 */
	private static void createCoreClient(JakartaWebSocketClientContainer container) {
		Assert.state(container.getExecutor() != null, "Jetty's WebSocket client has no executor");
	}

	/**
	 * A request is queued by the thread that connects.
	 */
	private void queued(Request request) {
		this.connecting.put(Thread.currentThread(), request);
		request.idleTimeout(NO_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
		request.onComplete((result) -> this.connecting.values().remove(request));
	}

	@Override
	public Link link(WebSocketSession session) {
		return new JettyLink(session);
	}

	@Override
	public @Nullable Integer httpStatus(Throwable failure) {
		if (failure instanceof UpgradeException upgrade) {
			return (upgrade.getResponseStatusCode() > 0) ? upgrade.getResponseStatusCode() : null;
		}
		return null;
	}

	/**
	 * The interrupt frees the thread, but only the abort of the request ends what is on
	 * the wire.
	 */
	@Override
	public void abandon(Thread connecting) {
		Request request = this.connecting.remove(connecting);
		if (request != null) {
			request.abort(new CancellationException("The attempt was given up"));
		}
		connecting.interrupt();
	}

	@Override
	public synchronized void shutdown() {
		JakartaWebSocketClientContainer container = this.own;
		this.own = null;
		this.shutdown = true;
		if (container != null) {
			try {
				container.stop();
			}
			catch (Exception ex) {
				logger.warn("Jetty's WebSocket client did not stop cleanly: " + ex.getClass().getName());
				logger.debug("Failed to stop", ex);
			}
		}
	}

	private static final class JettyLink extends SessionLink {

		private final JakartaWebSocketSession session;

		JettyLink(WebSocketSession session) {
			super(session);
			this.session = nativeSession(session, JakartaWebSocketSession.class);
		}

		@Override
		public boolean isGone() {
			return this.session.getCoreSession().isClosed();
		}

		@Override
		public void abort() {
			this.session.abort();
		}

	}

}
