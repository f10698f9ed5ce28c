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
 * Jetty's WebSocket client. One container of ours serves all clients that share their
 * TLS; they share their threads, and are started for the first connection.
 */
public final class JettyContainerSupport implements ContainerSupport {

	private static final EngineLog logger = EngineLog.of(JettyContainerSupport.class);

	/**
	 * As good as no limit. Listeners that block hold a thread each, and must not keep
	 * other clients from a thread.
	 */
	private static final int MAX_THREADS = 1_000_000;

	/**
	 * As good as no limit: ours ends an attempt, and the operating system a connection
	 * that never comes. (0, which stands for none, fails in Jetty 12.1.14.)
	 */
	private static final long NO_LIMIT_MILLIS = TimeUnit.DAYS.toMillis(1);

	/**
	 * The largest request line and headers together. Jetty takes a buffer of this size
	 * only for a request that needs it, and only while it is sent.
	 */
	private static final int MAX_REQUEST_BYTES = 64 * 1024;

	/** Room for the headers that Jetty adds. */
	private static final int OWN_HEADER_BYTES = 4 * 1024;

	/** Jetty sets no limit to the headers of the answer, and keeps them all. */
	private static final int MAX_ANSWER_BYTES = 64 * 1024;

	/** How long a connection stays that was abandoned before its upgrade. */
	private static final int IDLE_MILLIS = 5000;

	/** When the destination of an attempt that succeeded is removed. */
	private static final int DESTINATION_DELAY_MILLIS = 100;

	/** How long a destination stays that could not be removed with its attempt. */
	private static final int DESTINATION_IDLE_MILLIS = 2000;

	/** Jetty ends an idle thread after one or two such times. */
	private static final int IDLE_THREAD_MILLIS = 2000;

	private static final int MIN_THREADS = 2;

	/** How long a thread that runs may take to handle something. */
	private static final long ALIVE_MILLIS = 1000;

	/**
	 * How long the threads have at the end, half of it until they are interrupted. A hook
	 * that does not heed that must not hold up the application.
	 */
	private static final int STOP_MILLIS = 500;

	private static final String FRAME_TOO_LARGE = "Frame payload exceeded integer max value";

	private static final String NOT_APPLICABLE = "cannot be applied to a container of Jetty that is supplied";

	private final Map<Thread, JettyAttempt> connecting = new ConcurrentHashMap<>();

	private final @Nullable WebSocketContainer supplied;

	/** One for each TLS, {@code null} standing for the default. */
	private final Map<@Nullable TlsHolder, JettyContainer> own = new HashMap<>();

	/** How many clients have each TLS but the default. */
	private final Map<TlsHolder, Integer> users = new HashMap<>();

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
	 * Jetty's client knows one TLS context, so a container that is supplied cannot be
	 * told another.
	 */
	@Override
	public void check(HeartbeatClientSettings settings) {
		if (this.supplied == null) {
			return;
		}
		if (settings.getSslContext() != null) {
			throw new InvalidHeartbeatSettingException("sslContext", null, NOT_APPLICABLE,
					"Set it on the container itself, or supply none.");
		}
		if (settings.getSslBundle() != null) {
			throw new InvalidHeartbeatSettingException("ssl.bundle", settings.getSslBundle(), NOT_APPLICABLE,
					"Set up the container itself with the bundle, or supply none.");
		}
	}

	/**
	 * A container that is supplied has a limit of its own.
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
		Assert.state(tls == null || this.users.containsKey(tls), "The client was removed");
		JettyContainer own = this.own.computeIfAbsent(tls, this::start);
		if (tls != null && own.tls() != null) {
			own.tls().change(tls.current());
		}
		return own.container();
	}

	private JettyContainer start(@Nullable TlsHolder holder) {
		JettyTls tls = (holder != null) ? new JettyTls(holder.current()) : null;
		JettyConnector connector = new JettyConnector();
		HttpClientTransport transport = new JettyHttpTransport(connector, this::begin);
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
		httpClient.setMaxResponseHeadersSize(MAX_ANSWER_BYTES);
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
			createCoreClient(container);
		}
		catch (Exception ex) {
			stop(container);
			throw new IllegalStateException("Could not start Jetty's WebSocket client", ex);
		}
		return new JettyContainer(container, connector, tls);
	}

	/**
	 * A connection whose upgrade was refused would be kept for the next attempt, and the
	 * server may be closing it just then.
	 */
	private static ConnectionPool poolWithoutReuse(Destination destination) {
		DuplexConnectionPool pool = new DuplexConnectionPool(destination, Integer.MAX_VALUE);
		pool.setMaxUsage(1);
		return pool;
	}

	/**
	 * Jetty creates it for the first connect, and more than one where several come at
	 * once, which then fail.
	 */
	private static void createCoreClient(JakartaWebSocketClientContainer container) {
		Assert.state(container.getExecutor() != null, "Jetty's WebSocket client has no executor");
	}

	/**
	 * Called on the thread that connects. {@link #connected} removes what is kept of an
	 * attempt that ends before its request is complete.
	 */
	private void begin(JettyAttempt attempt) {
		this.connecting.put(Thread.currentThread(), attempt);
		attempt.request().idleTimeout(NO_LIMIT_MILLIS, TimeUnit.MILLISECONDS).onComplete((result) -> {
			this.connecting.values().remove(attempt);
			attempt.removeUnusedDestination();
		});
	}

	@Override
	public Transport transport(WebSocketSession session) {
		return new JettyTransport(session);
	}

	/**
	 * An answer that Jetty cannot read has a status that Jetty made up, and one that
	 * breaks the rules of the upgrade has status 101. Neither is a refusal.
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
	 * A refusal that breaks the rules, such as 401 without a challenge, has no cause.
	 */
	private static boolean isUnreadable(@Nullable Throwable answer) {
		return answer instanceof HttpResponseException && answer.getCause() instanceof HttpException;
	}

	/**
	 * Only for a tunnel: where the scheme is ws Jetty sends the upgrade itself to the
	 * proxy, and the answer may be anybody's.
	 */
	@Override
	public @Nullable Integer proxyStatus(Throwable failure) {
		return (failure instanceof HttpResponseException refused
				&& HttpMethod.CONNECT.is(refused.getResponse().getRequest().getMethod()))
						? refused.getResponse().getStatus() : null;
	}

	/**
	 * Jetty's parser refuses a frame that is longer than an array, whatever the limit. It
	 * reports that as a close only, which has the text of its exception.
	 */
	@Override
	public boolean isTooLarge(CloseStatus status) {
		return status.getCode() == CloseStatus.TOO_BIG_TO_PROCESS.getCode()
				&& FRAME_TOO_LARGE.equals(status.getReason());
	}

	/**
	 * The interrupt frees the thread only. The socket is left to the attempt.
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
	 * Jetty reports no completion of a request that was upgraded, and may still be busy
	 * with its end.
	 */
	@Override
	public void connected(Thread connecting) {
		JettyAttempt attempt = this.connecting.remove(connecting);
		if (attempt != null) {
			this.scheduler.schedule(attempt::removeUnusedDestination, DESTINATION_DELAY_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public synchronized void retain(@Nullable TlsHolder tls) {
		if (tls != null) {
			this.users.merge(tls, 1, Integer::sum);
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
		if (tls == null || this.users.computeIfPresent(tls, (key, count) -> (count > 1) ? count - 1 : null) != null) {
			return null;
		}
		return this.own.remove(tls);
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
		return List.copyOf(this.own.values());
	}

	private synchronized Executor executor() {
		return this.threads;
	}

	/**
	 * The new containers are started by the next attempts.
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
			containers = List.copyOf(this.own.values());
			threads = this.threads;
			scheduler = this.scheduler;
			QueuedThreadPool newThreads = newThreads();
			this.scheduler = newScheduler();
			this.threads = newThreads;
			this.own.clear();
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
		this.own.values().forEach(JettyContainerSupport::stopOrAbandon);
		this.own.clear();
		stop(this.scheduler);
		stop(this.threads);
	}

	/**
	 * Jetty waits for its selectors without a bound.
	 */
	private static void stopOrAbandon(JettyContainer own) {
		boolean alive;
		try {
			alive = own.connector().isAlive(ALIVE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			alive = true;
		}
		if (alive) {
			stop(own.container());
		}
		else {
			own.connector().abandon();
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
	 * A container of ours.
	 *
	 * @param container the container
	 * @param connector its selectors
	 * @param tls its TLS, if it is not the default
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
		 * The session is closed before its last frame is written, which may take as long
		 * as the peer likes.
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
