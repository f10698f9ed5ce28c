package io.github.heartbeat.internal.container.jetty;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.SessionTransport;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.tls.TlsHolder;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.DuplexConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpClientTransport;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.client.WebSocketCoreClient;
import org.eclipse.jetty.websocket.core.exception.UpgradeException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Support for Jetty's WebSocket client. Clients with the same TLS configuration share one
 * container. All containers share their threads and are started for the first connection.
 */
public final class JettyContainerSupport implements ContainerSupport {

	private static final EngineLog logger = EngineLog.of(JettyContainerSupport.class);

	/**
	 * Practically no limit. Each blocked listener occupies a thread and must not prevent
	 * other clients from getting one.
	 */
	private static final int MAX_THREADS = 1_000_000;

	/**
	 * Practically no limit: the deadline of the engine ends an attempt, and the operating
	 * system ends a connect that is never answered. (0, which means no limit, fails in
	 * Jetty 12.1.14.)
	 */
	private static final long NO_LIMIT_MILLIS = TimeUnit.DAYS.toMillis(1);

	/**
	 * Maximum size of the request line and the headers together. Jetty allocates a buffer
	 * of this size only for a request that needs it, and only while the request is sent.
	 */
	private static final int MAX_REQUEST_BYTES = 64 * 1024;

	/** Space for the headers that Jetty adds. */
	private static final int OWN_HEADER_BYTES = 4 * 1024;

	/**
	 * Jetty does not limit the headers of a response by default and keeps all of them.
	 */
	private static final int MAX_RESPONSE_HEADER_BYTES = 64 * 1024;

	/** How long a connection is kept that was abandoned before its upgrade. */
	private static final int IDLE_MILLIS = 5000;

	/** Delay after which the destination of a successful attempt is removed. */
	private static final int DESTINATION_DELAY_MILLIS = 100;

	/** How long a destination is kept that could not be removed with its attempt. */
	private static final int DESTINATION_IDLE_MILLIS = 2000;

	/** Jetty ends a thread that is idle for one to two of these intervals. */
	private static final int IDLE_THREAD_MILLIS = 2000;

	private static final int MIN_THREADS = 2;

	/** How long a running thread can take to handle a task. */
	private static final long ALIVE_MILLIS = 1000;

	/**
	 * How long the threads may run at shutdown. They are interrupted after half of it. A
	 * hook that ignores the interrupt must not delay the shutdown of the application.
	 */
	private static final int STOP_MILLIS = 500;

	private static final String FRAME_TOO_LARGE = "Frame payload exceeded integer max value";

	private static final String NOT_APPLICABLE = "cannot be applied to a supplied Jetty container";

	private static final String WRONG_COMPRESSION = "is set with a supplied Jetty container, "
			+ "whose client ignores the parameters of the server's answer";

	private final Map<Thread, JettyAttempt> connecting = new ConcurrentHashMap<>();

	private final @Nullable WebSocketContainer supplied;

	/** The containers by TLS configuration; the key is {@code null} for the default. */
	private final Map<@Nullable TlsHolder, JettyContainer> containers = new HashMap<>();

	/** The number of clients by TLS configuration, except for the default. */
	private final Map<TlsHolder, Integer> clientCounts = new HashMap<>();

	private QueuedThreadPool threads = newThreads();

	private volatile Scheduler scheduler = newScheduler();

	private boolean shutdown;

	public JettyContainerSupport(@Nullable WebSocketContainer supplied) {
		this.supplied = supplied;
	}

	private static QueuedThreadPool newThreads() {
		QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
		threads.setName("heartbeat-jetty");
		threads.setDaemon(true);
		threads.setIdleTimeout(IDLE_THREAD_MILLIS);
		threads.setMaxEvictCount(MAX_THREADS);
		threads.setStopTimeout(STOP_MILLIS);
		return threads;
	}

	private static Scheduler newScheduler() {
		return new ScheduledExecutorScheduler("heartbeat-jetty-scheduler", true);
	}

	/**
	 * A Jetty client has one TLS context, so a supplied container cannot use another one.
	 */
	@Override
	public void check(HeartbeatClientSettings settings) {
		if (this.supplied == null) {
			return;
		}
		if (settings.getSslContext() != null) {
			throw new InvalidHeartbeatSettingException("sslContext", null, NOT_APPLICABLE,
					"Configure it on the container itself, or supply no container.");
		}
		if (settings.getSslBundle() != null) {
			throw new InvalidHeartbeatSettingException("ssl.bundle", settings.getSslBundle(), NOT_APPLICABLE,
					"Configure the container itself with the bundle, or supply no container.");
		}
		if (settings.isCompressionEnabled()) {
			throw new InvalidHeartbeatSettingException("compression.enabled", "true", WRONG_COMPRESSION,
					"Supply no container, use Tomcat, or disable compression here and in 'heartbeat.defaults'.");
		}
	}

	/**
	 * A supplied container has its own limit, which is not checked here.
	 */
	@Override
	public @Nullable String tooLong(URI url, HttpHeaders headers) {
		int length = ContainerSupport.requestLine(url).length();
		for (Map.Entry<String, List<String>> header : headers.headerSet()) {
			for (String value : header.getValue()) {
				length += header.getKey().length() + value.length() + ": \r\n".length();
			}
		}
		return (this.supplied == null && length > MAX_REQUEST_BYTES) ? "its url and headers have " + length
				+ " bytes, and Jetty's WebSocket client sends " + MAX_REQUEST_BYTES + " at most" : null;
	}

	@Override
	public synchronized WebSocketContainer container(URI url, @Nullable TlsHolder tls) {
		if (this.supplied != null) {
			return this.supplied;
		}
		Assert.state(!this.shutdown, "The clients are shut down");
		Assert.state(tls == null || this.clientCounts.containsKey(tls), "The client was removed");
		JettyContainer container = this.containers.computeIfAbsent(tls, this::start);
		if (tls != null && container.tls() != null) {
			container.tls().change(tls.current());
		}
		return container.container();
	}

	private JettyContainer start(@Nullable TlsHolder holder) {
		JettyTls tls = (holder != null) ? new JettyTls(holder.current()) : null;
		JettyConnector connector = new JettyConnector();
		HttpClientTransport transport = new JettyHttpTransport(connector, this::register);
		transport.setConnectionPoolFactory(JettyContainerSupport::poolWithoutReuse);
		HttpClient httpClient = new HttpClient(transport);
		if (tls != null) {
			httpClient.setSslContextFactory(tls.factory());
		}
		httpClient.setDestinationIdleTimeout(DESTINATION_IDLE_MILLIS);
		httpClient.addBean(connector, false);
		httpClient.setExecutor(this.threads);
		httpClient.setScheduler(this.scheduler);
		httpClient.setName("heartbeat-jetty");
		httpClient.setFollowRedirects(false);
		httpClient.setMaxConnectionsPerDestination(Integer.MAX_VALUE);
		httpClient.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
		httpClient.setHttpCookieStore(new HttpCookieStore.Empty());
		httpClient.setMaxRequestHeadersSize(MAX_REQUEST_BYTES + OWN_HEADER_BYTES);
		httpClient.setMaxResponseHeadersSize(MAX_RESPONSE_HEADER_BYTES);
		httpClient.setConnectTimeout(NO_LIMIT_MILLIS);
		httpClient.setIdleTimeout(IDLE_MILLIS);
		JakartaWebSocketClientContainer container = new JakartaWebSocketClientContainer(
				new WebSocketComponents(null, null, null, null, null, this.threads),
				(components) -> new WebSocketCoreClient(httpClient, components));
		container.addManaged(httpClient);
		container.setDefaultMaxSessionIdleTimeout(0);
		try {
			this.threads.start();
			this.scheduler.start();
			container.start();
			httpClient.getProtocolHandlers().put(new JettyUpgradeHandler());
			createCoreClient(container);
		}
		catch (Exception ex) {
			stop(container);
			throw new IllegalStateException("Failed to start Jetty's WebSocket client", ex);
		}
		return new JettyContainer(container, connector, tls);
	}

	/**
	 * Without this pool, a connection whose upgrade was refused would be kept for the
	 * next attempt, while the server may be closing it.
	 */
	private static ConnectionPool poolWithoutReuse(Destination destination) {
		DuplexConnectionPool pool = new DuplexConnectionPool(destination, Integer.MAX_VALUE);
		pool.setMaxUsage(1);
		return pool;
	}

	/**
	 * Jetty creates the core client lazily at the first connect. Concurrent first
	 * connects create several, and fail. The getter creates it in advance.
	 */
	private static void createCoreClient(JakartaWebSocketClientContainer container) {
		Assert.state(container.getExecutor() != null, "Jetty's WebSocket client has no executor");
	}

	/**
	 * Register an attempt. Called on the connecting thread. {@link #attemptEnded} removes
	 * the attempt if it ends before its request is complete. Jetty leaves the socket open
	 * if it rejects a 101.
	 */
	private void register(JettyAttempt attempt) {
		this.connecting.put(Thread.currentThread(), attempt);
		attempt.request().idleTimeout(NO_LIMIT_MILLIS, TimeUnit.MILLISECONDS).onComplete((result) -> {
			this.connecting.values().remove(attempt);
			if (result.isFailed()) {
				attempt.abandon();
			}
			attempt.removeUnusedDestination();
		});
	}

	@Override
	public Transport transport(WebSocketSession session) {
		return new JettyTransport(session);
	}

	/**
	 * For a response that it cannot parse, Jetty makes up a status. A response that
	 * violates the rules of the upgrade has status 101. Neither is a refusal.
	 */
	@Override
	public @Nullable Integer httpStatus(Throwable failure) {
		if (failure instanceof UpgradeException upgrade && !isUnreadable(upgrade.getCause())) {
			int status = upgrade.getResponseStatusCode();
			return (status > 0 && status != HttpStatus.SWITCHING_PROTOCOLS_101) ? Integer.valueOf(status) : null;
		}
		return null;
	}

	/**
	 * A refusal that violates the HTTP rules, such as 401 without a challenge, has no
	 * cause.
	 */
	private static boolean isUnreadable(@Nullable Throwable answer) {
		return answer instanceof HttpResponseException && answer.getCause() instanceof HttpException;
	}

	/**
	 * Only applies to a tunnel. With the scheme ws, Jetty sends the upgrade request
	 * itself to the proxy, and the response can come from the proxy or the server.
	 */
	@Override
	public @Nullable Integer proxyStatus(Throwable failure) {
		return (failure instanceof HttpResponseException refused
				&& HttpMethod.CONNECT.is(refused.getResponse().getRequest().getMethod()))
						? refused.getResponse().getStatus() : null;
	}

	/**
	 * Jetty's parser rejects a frame that exceeds the maximum size of an array, whatever
	 * the limit. Jetty reports this only as a close with the message of its exception as
	 * the reason.
	 */
	@Override
	public boolean isTooLarge(CloseStatus status) {
		return status.getCode() == CloseStatus.TOO_BIG_TO_PROCESS.getCode()
				&& FRAME_TOO_LARGE.equals(status.getReason());
	}

	/**
	 * The interrupt only unblocks the thread. The attempt closes the socket.
	 */
	@Override
	public void abandon(Thread connecting) {
		JettyAttempt attempt = this.connecting.remove(connecting);
		if (attempt != null) {
			attempt.abandon();
		}
		connecting.interrupt();
	}

	/**
	 * Jetty does not report the completion of an upgraded request, and may still be
	 * finishing it. The destination is therefore removed after a delay.
	 */
	@Override
	public void attemptEnded(Thread connecting) {
		JettyAttempt attempt = this.connecting.remove(connecting);
		if (attempt != null) {
			this.scheduler.schedule(attempt::removeUnusedDestination, DESTINATION_DELAY_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public synchronized void retain(@Nullable TlsHolder tls) {
		if (tls != null) {
			this.clientCounts.merge(tls, 1, Integer::sum);
		}
	}

	@Override
	public void release(@Nullable TlsHolder tls) {
		JettyContainer unused = unusedWithout(tls);
		if (unused != null) {
			stopOrAbandon(unused);
		}
	}

	private synchronized @Nullable JettyContainer unusedWithout(@Nullable TlsHolder tls) {
		if (tls == null
				|| this.clientCounts.computeIfPresent(tls, (key, count) -> (count > 1) ? count - 1 : null) != null) {
			return null;
		}
		return this.containers.remove(tls);
	}

	@Override
	public boolean isAlive() throws InterruptedException {
		List<JettyContainer> containers = containers();
		if (containers.isEmpty()) {
			return true;
		}
		CountDownLatch run = new CountDownLatch(2);
		executor().execute(run::countDown);
		this.scheduler.schedule(run::countDown, 1, TimeUnit.MILLISECONDS);
		for (JettyContainer container : containers) {
			if (!container.connector().isAlive(ALIVE_MILLIS)) {
				return false;
			}
		}
		return run.await(ALIVE_MILLIS, TimeUnit.MILLISECONDS);
	}

	private synchronized List<JettyContainer> containers() {
		return List.copyOf(this.containers.values());
	}

	private synchronized Executor executor() {
		return this.threads;
	}

	/**
	 * The next attempts start the new containers.
	 */
	@Override
	public boolean replace() {
		List<JettyContainer> containers;
		QueuedThreadPool threads;
		Scheduler scheduler;
		synchronized (this) {
			if (this.supplied != null || this.shutdown) {
				return false;
			}
			containers = List.copyOf(this.containers.values());
			threads = this.threads;
			scheduler = this.scheduler;
			QueuedThreadPool newThreads = newThreads();
			this.scheduler = newScheduler();
			this.threads = newThreads;
			this.containers.clear();
		}
		List<JettyAttempt> attempts = List.copyOf(this.connecting.values());
		containers.forEach((container) -> container.connector().abandon());
		attempts.forEach(JettyAttempt::abandon);
		stop(scheduler);
		stop(threads);
		return true;
	}

	@Override
	public synchronized void shutdown() {
		this.shutdown = true;
		this.containers.values().forEach(JettyContainerSupport::stopOrAbandon);
		this.containers.clear();
		stop(this.scheduler);
		stop(this.threads);
	}

	/**
	 * A stop of Jetty waits for its selectors without a timeout, so it is only used while
	 * they run.
	 */
	private static void stopOrAbandon(JettyContainer container) {
		boolean alive;
		try {
			alive = container.connector().isAlive(ALIVE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			alive = true;
		}
		if (alive) {
			stop(container.container());
		}
		else {
			container.connector().abandon();
		}
	}

	private static void stop(LifeCycle part) {
		try {
			part.stop();
		}
		catch (Exception ex) {
			logger.warn("Jetty's WebSocket client did not stop cleanly: " + ex.getClass().getName());
			logger.debug("Failed to stop " + part, ex);
		}
	}

	/**
	 * A container that the engine created.
	 *
	 * @param container the container
	 * @param connector the connector with its selectors
	 * @param tls the TLS configuration, or {@code null} for the default
	 */
	private record JettyContainer(JakartaWebSocketClientContainer container, JettyConnector connector,
			@Nullable JettyTls tls) {
	}

	private static final class JettyTransport extends SessionTransport {

		private final JakartaWebSocketSession session;

		private final EndPoint socket;

		JettyTransport(WebSocketSession session) {
			super(session);
			this.session = nativeSession(session, JakartaWebSocketSession.class);
			this.socket = ((WebSocketCoreSession) this.session.getCoreSession()).getConnection().getEndPoint();
		}

		/**
		 * Checks the socket, not the session: the session is closed before its last frame
		 * is written, and that write can block for as long as the peer does not read.
		 */
		@Override
		public boolean isSocketClosed() {
			return !this.socket.isOpen();
		}

		@Override
		public void abort() {
			this.session.abort();
		}

	}

}
