package io.github.heartbeat.internal.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.TokenSource;
import io.github.heartbeat.internal.connect.WebSocketConnector;
import io.github.heartbeat.internal.container.ContainerSupport;
import io.github.heartbeat.internal.container.ContainerWatch;
import io.github.heartbeat.internal.container.Containers;
import io.github.heartbeat.internal.hook.HookMdc;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.lease.LeaseManager;
import io.github.heartbeat.internal.lease.LeaseStoreException;
import io.github.heartbeat.internal.lease.LeaseTimes;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.tls.TlsBundles;
import io.github.heartbeat.internal.tls.TlsHolder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.socket.CloseStatus;

/**
 * All clients of an application and their lifecycle. They start after the web server.
 * They stop after its graceful shutdown and before the server itself stops.
 */
public final class DefaultHeartbeatClients implements HeartbeatClients, SmartLifecycle, DisposableBean {

	/**
	 * The lifecycle phase: between the graceful shutdown of the web server
	 * ({@code DEFAULT_PHASE - 1024}) and its start and stop
	 * ({@code DEFAULT_PHASE - 2048}).
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1536;

	private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

	private final EngineResources resources;

	private final EngineLock lock = new EngineLock();

	private final Containers containers;

	private final Supplier<ContainerWatch> containerWatch;

	private final TlsBundles tls;

	private final ConnectLimiter connectLimiter;

	private final LeaseManager leases;

	private final Supplier<HeartbeatClientSettings.Builder> defaults;

	private final ClientExtensions extensions;

	private final boolean clientNameInMdc;

	private final boolean connecting;

	private final ShortWaitWarning shortWaits = new ShortWaitWarning();

	/** Removed clients whose sockets are not closed yet. */
	@GuardedBy("lock")
	private final Set<DefaultHeartbeatClient> leaving = new HashSet<>();

	@GuardedBy("lock")
	private final Map<String, DefaultHeartbeatClient> clients = new LinkedHashMap<>();

	@GuardedBy("lock")
	private boolean running;

	@GuardedBy("lock")
	private boolean destroyed;

	/**
	 * Create the clients, stopped.
	 * @param container the Jakarta WebSocket client to use
	 * @param maxConnectsPerOrigin the number of concurrent attempts to one host and port
	 * @param defaults supplies the values of settings that a client does not set
	 * @param extensions the extension points of every client
	 * @param virtualThreads whether to use virtual threads, which require JDK 21
	 * @param clientNameInMdc whether hooks run with the name of the client in SLF4J's MDC
	 */
	public DefaultHeartbeatClients(HeartbeatContainer container, int maxConnectsPerOrigin,
			Supplier<HeartbeatClientSettings.Builder> defaults, ClientExtensions extensions, boolean virtualThreads,
			boolean clientNameInMdc) {
		this(container, maxConnectsPerOrigin, defaults, extensions, virtualThreads, clientNameInMdc,
				EngineFactory.DEFAULT);
	}

	/**
	 * Create the clients, stopped, with another engine.
	 * @param engine creates what the clients run on
	 */
	public DefaultHeartbeatClients(HeartbeatContainer container, int maxConnectsPerOrigin,
			Supplier<HeartbeatClientSettings.Builder> defaults, ClientExtensions extensions, boolean virtualThreads,
			boolean clientNameInMdc, EngineFactory engine) {
		if (maxConnectsPerOrigin < 1) {
			throw new InvalidHeartbeatSettingException("max-connects-per-origin", String.valueOf(maxConnectsPerOrigin),
					"is below 1", "Set it to 1 or more connects.");
		}
		if (clientNameInMdc && !HookMdc.isAvailable()) {
			throw new InvalidHeartbeatSettingException("client-name-in-mdc", "true",
					"requires SLF4J, which is not on the classpath", "Add org.slf4j:slf4j-api, or remove the key.");
		}
		this.clientNameInMdc = clientNameInMdc;
		this.connecting = engine.isConnecting();
		this.containers = engine.containers(container);
		this.resources = engine.resources(virtualThreads);
		this.containerWatch = SingletonSupplier.of(() -> createWatch(this.containers.support(null)));
		this.tls = new TlsBundles(extensions.tls());
		this.connectLimiter = new ConnectLimiter(maxConnectsPerOrigin, this.resources.io());
		this.leases = new LeaseManager(extensions.leases(), engine.leaseThread(this.resources), this.resources);
		this.defaults = defaults;
		this.extensions = extensions;
	}

	/**
	 * Whether a name is a valid client name.
	 * @param name the name
	 * @return whether it consists of lower-case letters, digits and dashes and does not
	 * begin with a dash
	 */
	public static boolean isValidName(String name) {
		return NAME.matcher(name).matches();
	}

	@Override
	public @Nullable HeartbeatClient get(String name) {
		this.lock.lock();
		try {
			return this.clients.get(name);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Map<String, HeartbeatClient> getAll() {
		this.lock.lock();
		try {
			return Collections.unmodifiableMap(new LinkedHashMap<>(this.clients));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public HeartbeatClient create(String name, HeartbeatClientSettings settings) {
		return create(name, settings.mutate());
	}

	/**
	 * Create a client. The defaults and the customizers are applied to its settings.
	 * @param name the name
	 * @param builder the settings
	 * @return the new client
	 */
	public HeartbeatClient create(String name, HeartbeatClientSettings.Builder builder) {
		Assert.isTrue(isValidName(name), () -> "Client name '" + name
				+ "' is malformed: use lower-case letters, digits and dashes, and no dash in front");
		builder.applyDefaults(this.defaults.get());
		this.extensions.customizers().get().forEach((customizer) -> customizer.customize(name, builder));
		HeartbeatClientSettings settings = builder.build();
		EarlyInitialization.run();
		this.shortWaits.check(name, settings);
		ContainerSupport container = this.containers.support(settings.getWebSocketContainer());
		container.check(settings);
		TlsHolder tls = this.tls.holder(settings);
		ClientExtensions beans = this.extensions;
		TokenSource tokens = tokens(settings);
		UserCodeLog userCodeLog = new UserCodeLog(name, this.resources);
		Lease lease = lease(name, settings);
		DefaultHeartbeatClient client = new DefaultHeartbeatClient(name, settings,
				() -> joined(settings.getListeners(), beans.listeners().apply(name)), beans.observers(),
				new PingMessages(name, settings,
						once(() -> joined(settings.getPingMessageSuppliers(), beans.pingMessageSuppliers().get())),
						userCodeLog),
				new SessionInitializers(name,
						() -> joined(settings.getSessionInitializers(), beans.sessionInitializers().get())),
				new PongMatchers(name, settings, () -> joined(settings.getPongMatchers(), beans.pongMatchers().get()),
						userCodeLog),
				new ReconnectPolicies(name,
						() -> joined(settings.getReconnectPolicies(), beans.reconnectPolicies().get()), userCodeLog),
				beans.converters(),
				new WebSocketConnector(name, settings,
						once(() -> joined(beans.handshakeCustomizers().get(), settings.getHandshakeCustomizers())), tls,
						container, watch(container), userCodeLog, (lease != null) ? lease::current : () -> null,
						tokens),
				this.connectLimiter, userCodeLog, this.clientNameInMdc ? new HookMdc(name) : null, lease,
				this.resources);
		boolean added = false;
		this.lock.lock();
		try {
			Assert.state(!this.destroyed, "The application is closed");
			Assert.isTrue(!this.clients.containsKey(name), () -> "A client '" + name + "' already exists");
			this.clients.put(name, client);
			container.retain(tls);
			this.tls.add(client);
			this.resources.startChecking(this::check);
			added = true;
		}
		finally {
			this.lock.unlock();
			if (!added && lease != null) {
				this.leases.leave(name, lease);
			}
		}
		try {
			startIfRunning(List.of(client));
		}
		catch (RuntimeException | Error ex) {
			remove(name);
			throw ex;
		}
		return client;
	}

	/**
	 * Return the source of the access tokens of a client, or {@code null} if it sends
	 * none.
	 */
	private @Nullable TokenSource tokens(HeartbeatClientSettings settings) {
		String registrationId = settings.getOauth2ClientRegistrationId();
		if (registrationId == null) {
			return null;
		}
		TokenSource tokens = this.extensions.tokens().get();
		if (tokens == null) {
			throw new InvalidHeartbeatSettingException("oauth2.client-registration-id", registrationId,
					"requires the OAuth2 client of Spring Security, which is not on the classpath",
					"Add org.springframework.boot:spring-boot-security-oauth2-client, or remove the key.");
		}
		tokens.check(registrationId);
		return tokens;
	}

	/**
	 * Return the lease that a client needs to connect, or {@code null} if it is not led.
	 */
	private @Nullable Lease lease(String name, HeartbeatClientSettings settings) {
		if (!settings.isLeaderEnabled()) {
			return null;
		}
		String lock = settings.getLeaderLock();
		try {
			return this.leases.join(name, (lock != null) ? lock : name, new LeaseTimes(settings.getLeaderLease(),
					settings.getLeaderMargin(), settings.getLeaderRenewInterval(), settings.getLeaderPollInterval()));
		}
		catch (LeaseStoreException ex) {
			throw new InvalidHeartbeatSettingException("leader.enabled", "true",
					"requires a store of leases, but " + ex.getMessage(), ex.action());
		}
	}

	/**
	 * Run an action when all leases are given back. The clients must be stopped.
	 */
	public void whenLeasesReleased(Runnable action) {
		this.leases.whenReleased(action);
	}

	private static DefaultHeartbeatClient known(HeartbeatClient client) {
		if (client instanceof DefaultHeartbeatClient known) {
			return known;
		}
		throw new IllegalArgumentException("Unknown client '" + client.getName() + "'");
	}

	/**
	 * Return the watch of the shared container, or a new one for a container that the
	 * settings of a client supply.
	 */
	private ContainerWatch watch(ContainerSupport container) {
		return this.containers.isShared(container) ? this.containerWatch.get() : createWatch(container);
	}

	private ContainerWatch createWatch(ContainerSupport container) {
		return new ContainerWatch(container, this.resources.connects(), this.resources.ticker());
	}

	private static <T> Supplier<List<T>> once(Supplier<List<T>> supplier) {
		return SingletonSupplier.of(supplier);
	}

	private static <T> List<T> joined(List<T> first, List<T> second) {
		if (first.isEmpty() && second.isEmpty()) {
			return List.of();
		}
		List<T> joined = new ArrayList<>(first);
		joined.addAll(second);
		return joined;
	}

	@Override
	public boolean remove(String name) {
		DefaultHeartbeatClient client;
		this.lock.lock();
		try {
			client = this.clients.remove(name);
			if (client == null) {
				return false;
			}
			this.leaving.add(client);
			this.tls.remove(client);
		}
		finally {
			this.lock.unlock();
		}
		client.remove(() -> left(client));
		return true;
	}

	/**
	 * Return the active subscriptions of a client.
	 * @throws IllegalArgumentException if it is not one of these clients
	 */
	public Set<HeartbeatSubscription> subscriptions(HeartbeatClient client) {
		return known(client).machine().subscriptions();
	}

	private void left(DefaultHeartbeatClient client) {
		this.lock.lock();
		try {
			this.leaving.remove(client);
		}
		finally {
			this.lock.unlock();
		}
		client.machine().leaveLease(this.leases, client.getName());
		HeartbeatClientSettings settings = client.getSettings();
		ContainerSupport container = this.containers.support(settings.getWebSocketContainer());
		this.resources.io().execute(() -> container.release(this.tls.holder(settings)));
	}

	@Override
	public void start() {
		if (!this.connecting) {
			return;
		}
		List<DefaultHeartbeatClient> clients;
		this.lock.lock();
		try {
			this.running = true;
			clients = List.copyOf(this.clients.values());
		}
		finally {
			this.lock.unlock();
		}
		startIfRunning(clients);
	}

	private void startIfRunning(List<DefaultHeartbeatClient> clients) {
		if (!isRunning()) {
			return;
		}
		clients.forEach(DefaultHeartbeatClient::findExtensions);
		this.lock.lock();
		try {
			if (this.running) {
				clients.forEach((client) -> client.machine().start());
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Check the invariants of every client.
	 * @return whether a violation was found
	 */
	private boolean check() {
		List<DefaultHeartbeatClient> clients;
		this.lock.lock();
		try {
			clients = new ArrayList<>(this.clients.values());
			clients.addAll(this.leaving);
		}
		finally {
			this.lock.unlock();
		}
		this.leases.check();
		boolean suspicious = false;
		for (DefaultHeartbeatClient client : clients) {
			suspicious |= client.machine().check();
		}
		return suspicious;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		Collection<DefaultHeartbeatClient> clients;
		this.lock.lock();
		try {
			this.running = false;
			clients = new ArrayList<>(this.clients.values());
			clients.addAll(this.leaving);
		}
		finally {
			this.lock.unlock();
		}
		AtomicInteger left = new AtomicInteger(clients.size() + 1);
		Runnable terminated = () -> {
			if (left.decrementAndGet() == 0) {
				callback.run();
			}
		};
		clients.forEach((client) -> client.machine().stop(CloseStatus.GOING_AWAY, terminated));
		terminated.run();
	}

	@Override
	public boolean isRunning() {
		this.lock.lock();
		try {
			return this.running;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public void destroy() {
		Collection<DefaultHeartbeatClient> clients;
		this.lock.lock();
		try {
			this.running = false;
			this.destroyed = true;
			clients = new ArrayList<>(this.clients.values());
			clients.addAll(this.leaving);
		}
		finally {
			this.lock.unlock();
		}
		try {
			clients.forEach((client) -> client.machine().destroy());
		}
		finally {
			this.leases.shutdown();
			this.tls.close();
			this.containers.shutdown();
			this.resources.shutdown();
		}
	}

}
