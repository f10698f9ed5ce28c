package io.github.heartbeat.internal.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientSnapshot.SlowHook;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.internal.client.Phase.Connecting;
import io.github.heartbeat.internal.client.Phase.Deciding;
import io.github.heartbeat.internal.client.Phase.Exhausted;
import io.github.heartbeat.internal.client.Phase.Initializing;
import io.github.heartbeat.internal.client.Phase.Open;
import io.github.heartbeat.internal.client.Phase.Standby;
import io.github.heartbeat.internal.client.Phase.Stopped;
import io.github.heartbeat.internal.client.Phase.Waiting;
import io.github.heartbeat.internal.connect.AccessToken;
import io.github.heartbeat.internal.connect.AttemptSignals;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.ConnectQueue;
import io.github.heartbeat.internal.connect.ConnectionAttempt;
import io.github.heartbeat.internal.connect.Connector;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.connection.ConnectionSignals;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.hook.Hook;
import io.github.heartbeat.internal.hook.HookDispatcher;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.HookSource;
import io.github.heartbeat.internal.lease.Lease;
import io.github.heartbeat.internal.lease.LeaseManager;
import io.github.heartbeat.internal.lease.LeaseMember;
import io.github.heartbeat.internal.lease.LeaseStatus;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.OutageLog;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.internal.send.PendingSend;
import io.github.heartbeat.internal.send.SendBounds;
import io.github.heartbeat.internal.send.SendCompletions;
import io.github.heartbeat.internal.send.SendQueue;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Owns the lifecycle of one client; the only class that changes its state. Calls of users
 * and signals of attempts and connections arrive on any thread. Each is processed under
 * one lock and results in queued hooks and submitted tasks. No method blocks.
 * <p>
 * The state is a {@link Phase}, which owns its timeout, attempt, permit and connection. A
 * signal is dropped unless its sender belongs to the current phase, so several failure
 * signals cause one reconnect.
 * <p>
 * If a transition throws, {@link #restore} completes it. Afterwards the phase is valid: a
 * live connection with an armed heartbeat timeout, an attempt with a deadline, or a wait
 * with a timeout. If {@link #restore} fails too, {@link #check} repeats it a few seconds
 * later.
 * <p>
 * Code that first runs after a failure, here and in the classes that are called from
 * here, uses classes and loops instead of lambdas. If the heap is full while the call
 * site of a lambda is linked, the JVM can keep the error, and the call site never works
 * again.
 */
final class ClientStateMachine implements AttemptSignals, ConnectionSignals, LeaseMember {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	/**
	 * Interval at which a client whose attempts pause checks the number of queued hooks.
	 */
	private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final String DEAD_CONTAINER = "; the threads of the WebSocket container have died, "
			+ "as after an OutOfMemoryError: restart the application";

	private final EngineLock lock = new EngineLock();

	private final String clientName;

	private final HeartbeatClientSettings settings;

	private final Connector connector;

	private final PingMessages pingMessages;

	private final SessionInitializers sessionInitializers;

	private final PongMatchers pongMatchers;

	private final ClientObservation observation;

	private final HookQueue hooks;

	private final HookDispatcher dispatcher;

	private final EngineResources resources;

	private final ConnectQueue connects;

	private final ConnectLimiter connectLimiter;

	private final String origin;

	private final OutageLog outageLog;

	private final ReconnectDecider decider;

	private final UserCodeLog userCodeLog;

	private final SendBounds sendBounds;

	/** The lease that the client needs to connect, or {@code null} if it is not led. */
	private final @Nullable Lease lease;

	private final SendCompletions completions;

	/** Messages that wait for the next connection. */
	private final SendQueue offlineQueue;

	@GuardedBy("lock")
	private @Nullable List<Runnable> onSocketClosed;

	private final Subscriptions subscriptions;

	/** Written under the lock. */
	private volatile Phase phase = new Stopped();

	/** Written under the lock. */
	private volatile int repeat;

	/** The connection whose open hook runs. */
	private volatile @Nullable Connection opening;

	/**
	 * The last connection that was prepared, which may keep messages for its open hook.
	 */
	@GuardedBy("lock")
	private @Nullable Connection prepared;

	/** The previous connection, until its socket is closed. */
	@GuardedBy("lock")
	private @Nullable Connection closing;

	/**
	 * When the last proven connection was lost or, without one, when the attempts began.
	 */
	@GuardedBy("lock")
	private long outageSince;

	/** The time of the last receipt on a connection that has ended. */
	@GuardedBy("lock")
	private @Nullable Long lastReceived;

	@GuardedBy("lock")
	private boolean connectedBefore;

	/**
	 * The lease that listeners know to be granted, or {@code null}. Written under the
	 * lock.
	 */
	private volatile @Nullable HeartbeatLease grant;

	/** The number of the last departure from the lease. */
	@GuardedBy("lock")
	private long departure;

	/** Whether the last check found a departure that the lease was not told of. */
	@GuardedBy("lock")
	private boolean departureSuspected;

	/** Gives the lease back if the client does not open. */
	@GuardedBy("lock")
	private Timer.@Nullable Timeout giveUpTimeout;

	/**
	 * Whether the connection is being replaced because of its age. Messages wait then,
	 * whatever the settings say.
	 */
	@GuardedBy("lock")
	private boolean renewing;

	/** Whether the application runs. */
	@GuardedBy("lock")
	private boolean running;

	/** Whether to connect when the application starts. */
	@GuardedBy("lock")
	private boolean openOnStart;

	@GuardedBy("lock")
	private boolean removed;

	/** Whether the warning about paused attempts was logged. */
	@GuardedBy("lock")
	private boolean pauseLogged;

	/** The phase that the last check found invalid. */
	@GuardedBy("lock")
	private @Nullable Phase suspect;

	/** Whether the last check found an attempt that may have been lost. */
	@GuardedBy("lock")
	private boolean attemptSuspected;

	/** The due time of the timeout that the last check found missing. */
	@GuardedBy("lock")
	private long suspectDueAt;

	/** Whether a repair was logged. */
	@GuardedBy("lock")
	private boolean repairLogged;

	ClientStateMachine(String clientName, HeartbeatClientSettings settings, Connector connector,
			PingMessages pingMessages, SessionInitializers sessionInitializers, PongMatchers pongMatchers,
			ReconnectDecider decider, ClientObservation observation, HookQueue hooks, HookDispatcher dispatcher,
			ConnectLimiter connectLimiter, UserCodeLog userCodeLog, @Nullable Lease lease, EngineResources resources) {
		this.lease = lease;
		this.clientName = clientName;
		this.settings = settings;
		this.connector = connector;
		this.pingMessages = pingMessages;
		this.sessionInitializers = sessionInitializers;
		this.pongMatchers = pongMatchers;
		this.observation = observation;
		this.hooks = hooks;
		this.dispatcher = dispatcher;
		this.resources = resources;
		this.connects = new ConnectQueue(resources.connects(), resources.cancels());
		this.connectLimiter = connectLimiter;
		this.origin = ConnectLimiter.origin(settings.getUrl());
		this.outageLog = new OutageLog(clientName, settings.getDisplayUrl(), resources);
		this.decider = decider;
		this.sendBounds = new SendBounds(settings);
		this.completions = new SendCompletions(resources);
		this.offlineQueue = new SendQueue(new EngineLock(), this.sendBounds, settings, resources, this.completions);
		this.userCodeLog = userCodeLog;
		this.subscriptions = new Subscriptions(clientName, userCodeLog, this::endSubscription);
		this.openOnStart = settings.isAutoStartup();
	}

	HeartbeatClientState state() {
		return this.phase.state();
	}

	int repeat() {
		return this.repeat;
	}

	@Nullable Connection connection() {
		return (this.phase instanceof Open open) ? open.connection() : null;
	}

	/**
	 * Return the connection of the current phase, which may not be open yet.
	 */
	private @Nullable Connection anyConnection() {
		return (this.phase instanceof Initializing initializing) ? initializing.connection() : connection();
	}

	HeartbeatClientSnapshot snapshot() {
		HookQueue.Running slowHook = this.hooks.slowHook();
		this.lock.lock();
		try {
			HeartbeatClientState state = state();
			boolean outage = state != HeartbeatClientState.OPEN && state != HeartbeatClientState.STOPPED
					&& state != HeartbeatClientState.STANDBY;
			Connection connection = anyConnection();
			Long received = (connection != null) ? connection.lastReceived() : null;
			return new HeartbeatClientSnapshot(state, this.observation.since(), this.repeat,
					this.observation.reconnects(), outage ? this.resources.timeOfDay().at(this.outageSince) : null,
					instant((received != null) ? received : this.lastReceived), this.observation.lastClose(),
					this.observation.lastError(),
					instant((this.phase instanceof Waiting waiting) ? Long.valueOf(waiting.dueAt()) : null),
					(slowHook != null) ? new SlowHook(slowHook.type().name().toLowerCase(Locale.ROOT),
							this.resources.timeOfDay().at(slowHook.since())) : null,
					this.sendBounds.messages(), this.subscriptions.count(),
					connection != null && connection.isCompressed(), leaseSnapshot(), this.resources.timeOfDay().now());
		}
		finally {
			this.lock.unlock();
		}
	}

	private HeartbeatClientSnapshot.@Nullable Lease leaseSnapshot() {
		if (this.lease == null) {
			return null;
		}
		LeaseStatus status = this.lease.status();
		HeartbeatLease lease = status.lease();
		OptionalLong token = (lease != null) ? lease.getToken() : OptionalLong.empty();
		return new HeartbeatClientSnapshot.Lease(status.name(), this.grant != null,
				(lease != null) ? lease.getHolder() : null, token.isPresent() ? token.getAsLong() : null,
				(lease != null) ? lease.getGrantedAt() : null, instant(status.validUntil()),
				instant(status.renewedAt()), instant(status.silentSince()), status.error());
	}

	/**
	 * Return the lease if it was granted, or {@code null}.
	 */
	@Nullable HeartbeatLease grantedLease() {
		return this.grant;
	}

	private @Nullable Instant instant(@Nullable Long nanoTime) {
		return (nanoTime != null) ? this.resources.timeOfDay().at(nanoTime) : null;
	}

	/**
	 * Queue a message on the connection whose open hook runs on this thread, which may
	 * have ended meanwhile, else on the open connection. Without one the message is
	 * queued for the next connection if {@code send.while-disconnected} says so.
	 * @return the reason for a refusal, or {@code null} if the message is queued and its
	 * future will end
	 */
	@Nullable Reason offer(PendingSend send) {
		Connection opening = this.opening;
		if (opening != null && opening.isOpenHookThread()) {
			return opening.offer(send);
		}
		Connection connection = connection();
		if (connection != null) {
			Reason refusal = connection.offer(send);
			if (refusal == null || refusal == Reason.QUEUE_FULL) {
				return refusal;
			}
		}
		this.lock.lock();
		try {
			connection = connection();
			if (connection != null) {
				return connection.offer(send);
			}
			if (this.phase instanceof Stopped || this.phase instanceof Exhausted) {
				return Reason.CLOSED;
			}
			if (this.phase instanceof Standby) {
				return Reason.STANDBY;
			}
			boolean queue = this.renewing
					|| this.settings.getSendWhileDisconnected() == HeartbeatSendWhileDisconnected.QUEUE;
			return queue ? this.offlineQueue.offer(send) : Reason.NOT_OPEN;
		}
		finally {
			this.lock.unlock();
		}
	}

	Set<HeartbeatSubscription> subscriptions() {
		return this.subscriptions.all();
	}

	/**
	 * Add a subscription, and send it if the client is open.
	 * @throws IllegalStateException if the client was removed
	 */
	HeartbeatSubscription subscribe(String key, Supplier<? extends WebSocketMessage<?>> subscribe,
			@Nullable Supplier<? extends WebSocketMessage<?>> unsubscribe) {
		this.lock.lock();
		try {
			if (!this.removed) {
				HeartbeatSubscription subscription = this.subscriptions.add(key, subscribe, unsubscribe);
				synchronizeSubscriptions();
				return subscription;
			}
		}
		finally {
			this.lock.unlock();
		}
		throw removedException();
	}

	private void endSubscription(Subscriptions.Subscription subscription) {
		this.lock.lock();
		try {
			if (this.subscriptions.remove(subscription)) {
				synchronizeSubscriptions();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Nothing happens while the client is not open, because the open hook does the same.
	 */
	@GuardedBy("lock")
	private void synchronizeSubscriptions() {
		Connection connection = connection();
		if (connection != null) {
			this.hooks
				.enqueue(new Hook(Hook.Type.SUBSCRIPTION, connection, () -> synchronizeSubscriptions(connection)));
		}
	}

	/**
	 * Called from a hook, under no lock.
	 */
	private void synchronizeSubscriptions(Connection connection) {
		this.subscriptions.synchronize(connection, (cause) -> error(connection, cause));
	}

	private IllegalStateException removedException() {
		return new IllegalStateException("Client '" + this.clientName + "' was removed");
	}

	/**
	 * The application has started.
	 */
	void start() {
		this.lock.lock();
		try {
			this.running = true;
			if (this.openOnStart) {
				this.openOnStart = false;
				startFromScratch();
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The application is stopping. A client that is not stopped is opened again by
	 * {@link #start()}.
	 * @param terminated runs when the socket is closed and no hook runs or is queued
	 */
	void stop(CloseStatus status, Runnable terminated) {
		this.lock.lock();
		try {
			this.running = false;
			this.openOnStart = this.openOnStart || !(this.phase instanceof Stopped || this.phase instanceof Exhausted);
			closeUntilOpened(status, HeartbeatLeaseLostReason.STOPPED);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		vacate();
		onTerminated(terminated);
	}

	/**
	 * Shut down: drop the socket on this thread and deliver no more hooks.
	 */
	void destroy() {
		ConnectionAttempt attempt = closeAtTheEnd();
		this.hooks.close();
		if (attempt != null) {
			attempt.cancel();
		}
		Connection closing = closing();
		if (closing != null) {
			closing.abortNow();
		}
	}

	private @Nullable ConnectionAttempt closeAtTheEnd() {
		this.lock.lock();
		try {
			this.running = false;
			ConnectionAttempt attempt = (this.phase instanceof Connecting connecting) ? connecting.attempt() : null;
			closeUntilOpened(CloseStatus.GOING_AWAY, HeartbeatLeaseLostReason.STOPPED);
			return attempt;
		}
		catch (Throwable ex) {
			recover(ex);
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Connection closing() {
		this.lock.lock();
		try {
			return this.closing;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Connect, if the client is stopped or has given up.
	 * @throws IllegalStateException if it was removed
	 */
	void open() {
		if (!openUnlessRemoved()) {
			throw removedException();
		}
	}

	private boolean openUnlessRemoved() {
		this.lock.lock();
		try {
			if (this.removed) {
				return false;
			}
			if (!this.running) {
				this.openOnStart = true;
			}
			else if (this.phase instanceof Stopped || this.phase instanceof Exhausted) {
				startFromScratch();
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		return true;
	}

	void close(CloseStatus status) {
		this.lock.lock();
		try {
			this.openOnStart = false;
			closeUntilOpened(status, HeartbeatLeaseLostReason.RELEASED);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		vacate();
	}

	/**
	 * Close permanently.
	 * @param terminated runs when the socket is closed and no hook runs or is queued
	 */
	void remove(Runnable terminated) {
		this.lock.lock();
		try {
			this.removed = true;
			this.subscriptions.clear();
			this.openOnStart = false;
			closeUntilOpened(CloseStatus.NORMAL, HeartbeatLeaseLostReason.RELEASED);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		vacate();
		onTerminated(terminated);
		Runnable observersTerminated = () -> this.resources.futures().execute(this.observation::terminated);
		onSocketClosed(() -> this.hooks.whenIdle(observersTerminated));
	}

	/**
	 * A hook cannot wait for its own completion.
	 */
	private void onTerminated(Runnable action) {
		onSocketClosed(this.hooks.isDeliveredHere() ? action : () -> this.hooks.whenIdle(action));
	}

	private void onSocketClosed(Runnable action) {
		this.lock.lock();
		try {
			if (this.closing != null) {
				List<Runnable> actions = (this.onSocketClosed != null) ? this.onSocketClosed : new ArrayList<>(1);
				actions.add(action);
				this.onSocketClosed = actions;
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		action.run();
	}

	@GuardedBy("lock")
	private void closeUntilOpened(CloseStatus status, HeartbeatLeaseLostReason reason) {
		if (this.phase instanceof Stopped) {
			return;
		}
		if (this.lease != null) {
			this.departure = this.lease.withdraw(this);
		}
		Connection connection = anyConnection();
		boolean owesClose = this.phase instanceof Open open && open.owesClose();
		Stopped stopped = new Stopped(connection, this.phase instanceof Open, owesClose, status, reason);
		if (connection != null) {
			this.closing = connection;
		}
		enter(stopped, null);
		this.outageLog.stopped();
		completeClose(stopped);
	}

	/**
	 * Complete the transition to {@link Stopped}. If a step fails, {@link #restore}
	 * continues with that step.
	 */
	@GuardedBy("lock")
	private void completeClose(Stopped stopped) {
		Connection connection = stopped.connection();
		CloseStatus status = stopped.status();
		if (connection != null && !connection.hasEnded()) {
			if (stopped.wasOpen()) {
				ended(connection, Reason.CLOSED, status, HeartbeatInitiator.CLIENT);
			}
			else {
				ended(connection, Reason.CLOSED);
			}
		}
		this.offlineQueue.fail(Reason.CLOSED);
		if (this.prepared != null) {
			this.prepared.discardKept();
			this.prepared = null;
		}
		if (!stopped.areHooksDiscarded()) {
			Set<HookSource> unheard = this.hooks.discardPending();
			stopped.hooksDiscarded(connection != null && unheard.contains(connection));
		}
		if (connection != null) {
			if (stopped.owesClose()) {
				closeHook(connection, status, HeartbeatInitiator.CLIENT, true);
				stopped.closeAnnounced();
			}
			connection.closeGracefully(status, Reason.CLOSED);
		}
		lostHook(stopped.leaseLost());
		this.hooks.expectNoMoreHooks();
		stopped.complete();
	}

	void reconnect() {
		this.lock.lock();
		try {
			if (this.phase instanceof Stopped || isPaused()) {
				return;
			}
			if (this.lease != null && (this.phase instanceof Standby || this.phase instanceof Exhausted)) {
				if (this.phase instanceof Exhausted) {
					startFromScratch();
				}
				this.lease.poll();
				return;
			}
			if (this.phase instanceof Exhausted) {
				this.outageSince = this.resources.ticker().nanoTime();
			}
			if (this.phase instanceof Open open) {
				end(open, Reason.NOT_OPEN, CloseStatus.NORMAL, HeartbeatInitiator.CLIENT);
			}
			else if (this.phase instanceof Initializing initializing) {
				end(initializing);
			}
			if (this.closing != null) {
				this.closing.abort();
			}
			this.repeat = 1;
			HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.RECONNECT_REQUESTED,
					"A reconnect was requested");
			this.observation.reconnectScheduled(1, Duration.ZERO, cause);
			this.hooks.enqueue(reconnectHook(1, Duration.ZERO, cause));
			connect(cause);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public @Nullable Connection opened(ConnectionAttempt attempt, Transport transport) {
		this.lock.lock();
		try {
			if (!(this.phase instanceof Connecting connecting) || connecting.attempt() != attempt) {
				return null;
			}
			if (isFenced()) {
				connecting.attemptEnded();
				standBy(HeartbeatLeaseLostReason.FENCED);
				return null;
			}
			Connection connection = new Connection(this.clientName, transport, this.settings, this.pingMessages,
					this.pongMatchers, this.offlineQueue, this.sendBounds, this.completions, this, this.observation,
					this.hooks, this.lease, this.resources);
			long ranNanos = connecting.ranNanos();
			connecting.attemptEnded();
			HeartbeatSessionInitializer initializer = this.sessionInitializers.get();
			if (initializer != null) {
				connection.prepareWith(initializer, this.dispatcher, this.userCodeLog);
				this.prepared = connection;
				Initializing initializing = new Initializing(connecting, attempt, connection,
						new Hook(Hook.Type.INITIALIZE, connection, connection::initialize));
				connecting.observationHandedOver();
				initialize(initializing);
			}
			else {
				enterOpen(new Open(attempt, connection), ranNanos);
			}
			return connection;
		}
		catch (Throwable ex) {
			recover(ex);
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void enterOpen(Open open, long ranNanos) {
		Connection connection = open.connection();
		open.attempt().observation().succeeded();
		this.observation.attemptEnded(ranNanos, true);
		enter(open, null);
		this.renewing = false;
		Duration tokenAge = tokenAge(open.attempt().token());
		Duration age = this.settings.getMaxConnectionAge();
		boolean tokenEndsFirst = tokenAge != null && (age == null || tokenAge.compareTo(age) <= 0);
		Duration renewalAge = tokenEndsFirst ? tokenAge : age;
		if (renewalAge != null) {
			open.renewed(tokenEndsFirst);
			scheduleRenewal(open, this.decider.shorten(renewalAge.toNanos()));
		}
		if (this.lease != null) {
			this.lease.opened();
		}
		this.outageLog.connected();
		boolean reconnect = this.connectedBefore;
		this.connectedBefore = true;
		connection.opened();
		this.hooks.enqueue(new Hook(Hook.Type.OPEN, connection, () -> deliverOpen(connection, reconnect)));
		open.announced();
		connection.start();
		this.connector.check();
	}

	/**
	 * Return after which time to replace a token, or {@code null} for never.
	 */
	private @Nullable Duration tokenAge(@Nullable AccessToken token) {
		Duration before = this.settings.getOauth2RenewBeforeExpiry();
		if (before == null || token == null || token.expiresAt() == null) {
			return null;
		}
		Duration life = Duration.between(this.resources.ticker().now(), token.expiresAt());
		Duration half = life.isNegative() ? Duration.ZERO : life.dividedBy(2);
		Duration left = life.minus(before);
		return (left.compareTo(half) > 0) ? left : half;
	}

	@GuardedBy("lock")
	private void scheduleRenewal(Open open, long delayNanos) {
		open.schedule(this.resources, delayNanos, () -> renew(open));
	}

	/**
	 * Replace a connection. Messages that it has accepted are written first, later ones
	 * wait for the next connection.
	 */
	private void renew(Open open) {
		this.lock.lock();
		try {
			if (this.phase != open) {
				return;
			}
			HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.RENEWAL,
					"The connection or its access token has reached its age");
			this.renewing = true;
			if (open.renewsToken()) {
				this.connector.dropToken(open.attempt());
			}
			endPolitely(open, CloseStatus.NORMAL);
			this.observation.reconnectScheduled(this.repeat, Duration.ZERO, cause);
			this.hooks.enqueue(reconnectHook(this.repeat, Duration.ZERO, cause));
			connect(cause);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void initialize(Initializing initializing) {
		enter(initializing, null);
		initializing.scheduleDeadline(new InitializationDeadline(this, initializing));
		announce(initializing);
	}

	@Override
	public void initialized(Connection connection) {
		this.lock.lock();
		try {
			if (this.phase instanceof Initializing initializing && initializing.connection() == connection) {
				initialized(initializing);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void initialized(Initializing initializing) {
		HeartbeatConnectionException failure = initializing.connection().initializationFailure();
		if (failure == null) {
			enterOpen(new Open(initializing.attempt(), initializing.connection()), initializing.ranNanos());
			return;
		}
		notReady(initializing, failure);
		initializing.connection().closeGracefully(CloseStatus.NORMAL, Reason.CONNECTION_LOST);
		retry(failure);
	}

	private void initializationTimedOut(Initializing initializing) {
		this.lock.lock();
		try {
			if (this.phase != initializing) {
				return;
			}
			long grace = initializing.graceNanos();
			if (grace > 0) {
				initializing.schedule(this.resources, grace, new InitializationDeadline(this, initializing));
				return;
			}
			abandon(initializing, "The session was not ready within connect-timeout ("
					+ this.settings.getConnectTimeout().toMillis() + " ms)", null);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection failed before the session was ready.
	 */
	@GuardedBy("lock")
	private void broken(Initializing initializing, HeartbeatConnectionException cause) {
		abandon(initializing, cause.getMessage() + " before the session was ready", cause.getStatus());
	}

	@GuardedBy("lock")
	private void abandon(Initializing initializing, String message, @Nullable Integer status) {
		HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.NOT_READY, message, status);
		notReady(initializing, cause);
		initializing.connection().abort();
		retry(cause);
	}

	/**
	 * The attempt failed although its handshake succeeded.
	 */
	@GuardedBy("lock")
	private void notReady(Initializing initializing, HeartbeatConnectionException cause) {
		errorHook(cause);
		end(initializing);
		initializing.attempt().observation().failed(cause);
		this.observation.attemptEnded(initializing.ranNanos(), false);
	}

	/**
	 * End a connection that was never open. The phase stays {@link Initializing} until
	 * the next one is entered.
	 */
	@GuardedBy("lock")
	private void end(Initializing initializing) {
		Connection connection = initializing.connection();
		this.closing = connection;
		ended(connection, Reason.NOT_OPEN);
		connection.discardKept();
	}

	/**
	 * The messages of {@code send.on-open} are written first, then those that the open
	 * hook sends, then the subscriptions.
	 */
	private void deliverOpen(Connection connection, boolean reconnect) {
		this.opening = connection;
		connection.openHookBegins();
		try {
			for (String text : this.settings.getSendOnOpen()) {
				connection.offer(connection.pendingSend(new TextMessage(text)));
			}
			this.dispatcher.open(connection.view(), reconnect);
			synchronizeSubscriptions(connection);
		}
		finally {
			connection.openHookEnds();
			this.opening = null;
			connection.deliverKept();
		}
	}

	@Override
	public void failed(ConnectionAttempt attempt, HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (this.phase instanceof Connecting connecting && connecting.attempt() == attempt) {
				attemptFailed(connecting, cause);
			}
			else if (this.phase instanceof Initializing initializing && initializing.attempt() == attempt) {
				broken(initializing, cause);
			}
			else if (this.phase instanceof Open open && open.attempt() == attempt) {
				broken(open, cause);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void attemptFailed(Connecting connecting, HeartbeatConnectionException cause) {
		errorHook(cause);
		ConnectionAttempt attempt = connecting.attempt();
		attemptEnded(connecting, cause);
		AccessToken token = (attempt != null) ? attempt.token() : null;
		retry(cause, token == null || token.fresh());
	}

	@Override
	public void failed(Connection connection, HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (this.phase instanceof Open open && open.connection() == connection) {
				broken(open, cause);
			}
			else if (this.phase instanceof Initializing initializing && initializing.connection() == connection) {
				broken(initializing, cause);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection was lost without a close frame.
	 */
	@GuardedBy("lock")
	private void broken(Open open, HeartbeatConnectionException cause) {
		errorHook(cause);
		end(open, Reason.NOT_OPEN, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.TRANSPORT);
		open.connection().abort();
		retry(cause);
	}

	@Override
	public void closed(ConnectionAttempt attempt, CloseStatus status) {
		this.lock.lock();
		try {
			boolean lost = status.getCode() == CloseStatus.NO_CLOSE_FRAME.getCode();
			HeartbeatConnectionException cause = lost
					? new HeartbeatConnectionException(Kind.CONNECTION_LOST,
							"The connection was lost without a close frame", status.getCode())
					: new HeartbeatConnectionException(Kind.CLOSED_BY_SERVER,
							"The server closed the connection with code " + status.getCode(), status.getCode());
			if (this.phase instanceof Connecting connecting && connecting.attempt() == attempt) {
				attemptFailed(connecting, cause);
			}
			else if (this.phase instanceof Initializing initializing && initializing.attempt() == attempt) {
				broken(initializing, cause);
			}
			else if (this.phase instanceof Open open && open.attempt() == attempt) {
				if (lost) {
					broken(open, cause);
				}
				else {
					closedByServer(open, status, cause);
				}
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void closedByServer(Open open, CloseStatus status, HeartbeatConnectionException cause) {
		Connection connection = open.connection();
		end(open, Reason.NOT_OPEN, status, HeartbeatInitiator.SERVER);
		if (connection.isBroken()) {
			connection.abort();
		}
		else {
			connection.awaitSocketClosed();
		}
		retry(cause);
	}

	@Override
	public void heartbeatTimedOut(Connection connection) {
		this.lock.lock();
		try {
			if (this.phase instanceof Open open && open.connection() == connection) {
				this.connector.suspect();
				this.outageLog.heartbeatUnanswered(connection.hasAnswered());
				end(open, Reason.NOT_OPEN, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.HEARTBEAT);
				connection.abort();
				retry(new HeartbeatConnectionException(Kind.NO_ANSWER, "Nothing was received for "
						+ this.settings.getPongTimeout().toMillis() + " ms after a heartbeat",
						CloseStatus.NO_CLOSE_FRAME.getCode()));
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void messageTooLarge(Connection connection) {
		this.lock.lock();
		try {
			if (this.phase instanceof Open open && open.connection() == connection) {
				HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.MESSAGE_TOO_LARGE,
						messageTooLarge(), CloseStatus.TOO_BIG_TO_PROCESS.getCode());
				errorHook(cause);
				endPolitely(open, CloseStatus.TOO_BIG_TO_PROCESS);
				retry(cause);
			}
			else if (this.phase instanceof Initializing initializing && initializing.connection() == connection) {
				HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.NOT_READY,
						messageTooLarge() + " before the session was ready");
				notReady(initializing, cause);
				connection.closeGracefully(CloseStatus.TOO_BIG_TO_PROCESS, Reason.CONNECTION_LOST);
				retry(cause);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private String messageTooLarge() {
		return "A message is larger than max-message-size (" + this.settings.getMaxMessageSize() + ")";
	}

	@Override
	public void closedByView(Connection connection, CloseStatus status) {
		this.lock.lock();
		try {
			if (this.phase instanceof Open open && open.connection() == connection) {
				endPolitely(open, status);
				retry(new HeartbeatConnectionException(Kind.CLOSED_BY_CLIENT,
						"The session was closed with code " + status.getCode(), status.getCode()));
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void endPolitely(Open open, CloseStatus status) {
		end(open, Reason.NOT_OPEN, status, HeartbeatInitiator.CLIENT);
		open.connection().closeGracefully(status, Reason.CONNECTION_LOST);
	}

	@Override
	public void proven(Connection connection) {
		this.lock.lock();
		try {
			if (connection() == connection) {
				this.repeat = 0;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * An error that does not end the connection is not reported while too many hooks are
	 * queued.
	 */
	@Override
	public void error(Connection connection, HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (connection() == connection && !this.hooks.isFull()) {
				errorHook(cause);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void socketClosed(Connection connection) {
		List<Runnable> actions = null;
		this.lock.lock();
		try {
			if (this.closing == connection) {
				this.closing = null;
				actions = this.onSocketClosed;
				this.onSocketClosed = null;
				if (this.phase instanceof Connecting connecting) {
					beginAttempt(connecting);
				}
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		if (actions != null) {
			for (Runnable action : actions) {
				Phase.release(action);
			}
		}
	}

	@GuardedBy("lock")
	private void startFromScratch() {
		if (this.phase instanceof Stopped stopped && !stopped.isComplete()) {
			completeClose(stopped);
		}
		this.repeat = 0;
		this.connectedBefore = false;
		this.outageSince = this.resources.ticker().nanoTime();
		if (this.lease != null) {
			enter(new Standby(this.outageSince), null);
			HeartbeatLease lease = this.lease.contend(this);
			if (lease != null) {
				granted(lease);
			}
			return;
		}
		connect(null);
	}

	@Override
	public void leaseGranted(HeartbeatLease lease) {
		this.lock.lock();
		try {
			if (this.phase instanceof Standby && !isFenced()) {
				granted(lease);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void granted(HeartbeatLease lease) {
		long now = this.resources.ticker().nanoTime();
		Duration standby = Duration.ofNanos((this.phase instanceof Standby waiting) ? now - waiting.since() : 0);
		if (this.grant == null) {
			this.grant = lease;
			this.observation.leaseGranted();
			this.hooks.enqueue(new Hook(Hook.Type.LEASE, null, () -> this.dispatcher.leaseGranted(lease, standby)));
		}
		this.repeat = 0;
		this.outageSince = now;
		connect(null);
	}

	@GuardedBy("lock")
	private boolean isFenced() {
		return this.lease != null && this.lease.isPassed(this.resources.ticker().nanoTime());
	}

	@Override
	public void leaseExpired(HeartbeatLeaseLostReason reason) {
		this.lock.lock();
		try {
			standBy(reason);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void fenced(Connection connection) {
		this.lock.lock();
		try {
			if (anyConnection() == connection) {
				standBy(HeartbeatLeaseLostReason.FENCED);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The lease is not valid any more: abort the connection or the attempt, and wait for
	 * the lease. A connection that is being closed is aborted too.
	 */
	@GuardedBy("lock")
	private void standBy(HeartbeatLeaseLostReason reason) {
		if (!isContending()) {
			if (this.closing != null) {
				this.closing.abort();
			}
			return;
		}
		if (this.phase instanceof Open open) {
			end(open, Reason.STANDBY, CloseStatus.GOING_AWAY, HeartbeatInitiator.CLIENT);
		}
		else if (this.phase instanceof Initializing initializing) {
			end(initializing);
		}
		enterStandby(reason);
		if (this.closing != null) {
			this.closing.abort();
		}
	}

	/**
	 * Whether the client may have a connection.
	 */
	@GuardedBy("lock")
	private boolean isContending() {
		return !(this.phase instanceof Stopped || this.phase instanceof Exhausted || this.phase instanceof Standby);
	}

	@GuardedBy("lock")
	private void enterStandby(HeartbeatLeaseLostReason reason) {
		enter(new Standby(this.resources.ticker().nanoTime()), null);
		this.outageLog.stopped();
		this.offlineQueue.fail(Reason.STANDBY);
		lostHook(reason);
	}

	@Override
	public void leaseYielded(HeartbeatLeaseLostReason reason, long departure) {
		this.lock.lock();
		try {
			this.departure = Math.max(this.departure, departure);
			if (isContending()) {
				handOver(reason);
			}
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		vacate();
	}

	@GuardedBy("lock")
	private void handOver(HeartbeatLeaseLostReason reason) {
		Connection connection = anyConnection();
		if (this.phase instanceof Open open) {
			end(open, Reason.STANDBY, CloseStatus.GOING_AWAY, HeartbeatInitiator.CLIENT);
		}
		else if (this.phase instanceof Initializing initializing) {
			end(initializing);
		}
		enterStandby(reason);
		if (connection != null) {
			connection.closeGracefully(CloseStatus.GOING_AWAY, Reason.STANDBY);
		}
	}

	/**
	 * Tell the lease when the connection has gone and the running hook has ended. A hook
	 * that does not end delays this by {@code close-timeout} at most.
	 */
	private void vacate() {
		Lease lease = this.lease;
		if (lease == null) {
			return;
		}
		this.lock.lock();
		try {
			long departure = this.departure;
			Runnable vacated = () -> lease.vacated(this, departure);
			onSocketClosed(() -> {
				this.hooks.whenIdle(vacated);
				this.resources.timer().schedule(vacated, this.settings.getCloseTimeout().toNanos());
			});
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void lostHook(HeartbeatLeaseLostReason reason) {
		HeartbeatLease grant = this.grant;
		if (grant == null) {
			return;
		}
		this.grant = null;
		this.observation.leaseLost(reason);
		this.hooks.enqueue(new Hook(Hook.Type.LEASE, null, this.dispatcher.leaseLost(grant, reason)));
	}

	/**
	 * Give the lease back and stand by, if it is held.
	 */
	void releaseLease() {
		if (this.lease != null) {
			this.lease.handOver(HeartbeatLeaseLostReason.RELEASED);
		}
	}

	/**
	 * The client was removed and does not use its lease any more.
	 */
	void leaveLease(LeaseManager leases, String name) {
		if (this.lease != null) {
			leases.leave(name, this.lease);
		}
	}

	@Override
	public void storeCalled(String verb, String outcome, long nanos) {
		this.observation.leaseStoreCalled(verb, outcome, nanos);
	}

	/**
	 * Start or stop the time after which the lease goes back because the client is not
	 * open.
	 */
	@GuardedBy("lock")
	private void watchGiveUp(Phase next) {
		Duration giveUpAfter = this.settings.getLeaderGiveUpAfter();
		if (this.lease == null || giveUpAfter == null) {
			return;
		}
		boolean watched = isContending() && !(next instanceof Open);
		if (!watched && this.giveUpTimeout != null) {
			this.giveUpTimeout.cancel();
			this.giveUpTimeout = null;
		}
		else if (watched && this.giveUpTimeout == null) {
			this.giveUpTimeout = this.resources.timer().schedule(this::giveUpLease, giveUpAfter.toNanos());
		}
	}

	private void giveUpLease() {
		Lease lease = this.lease;
		this.lock.lock();
		try {
			if (this.giveUpTimeout == null) {
				return;
			}
			this.giveUpTimeout = null;
		}
		finally {
			this.lock.unlock();
		}
		if (lease != null) {
			lease.handOver(HeartbeatLeaseLostReason.GAVE_UP);
		}
	}

	/**
	 * Connect as soon as the socket of the previous connection is closed, so that there
	 * are never two. If a hook is stuck, attempts pause, because their hooks would queue
	 * behind it without bound.
	 */
	@GuardedBy("lock")
	private void connect(@Nullable HeartbeatConnectionException cause) {
		if (isFenced()) {
			standBy(HeartbeatLeaseLostReason.FENCED);
			return;
		}
		if (this.hooks.isFull()) {
			pause(cause);
			return;
		}
		this.pauseLogged = false;
		Connecting connecting = new Connecting(this.resources, this.origin);
		enter(connecting, cause);
		if (this.closing == null) {
			beginAttempt(connecting);
		}
	}

	@GuardedBy("lock")
	private void pause(@Nullable HeartbeatConnectionException cause) {
		Waiting waiting = new Waiting(this.resources.ticker().nanoTime() + PAUSE_NANOS, null);
		enter(waiting, cause);
		waiting.schedule(this.resources, PAUSE_NANOS, new EndOfWait(this, waiting));
		if (!this.pauseLogged) {
			this.pauseLogged = true;
			this.outageLog.paused(HookQueue.MAX_WAITING);
		}
	}

	@GuardedBy("lock")
	private boolean isPaused() {
		return this.pauseLogged && this.phase instanceof Waiting && this.hooks.isFull();
	}

	/**
	 * The time in the queue for a permit does not count towards the deadline.
	 */
	@GuardedBy("lock")
	private void beginAttempt(Connecting connecting) {
		if (acquirePermit(connecting)) {
			runAttempt(connecting);
		}
	}

	@GuardedBy("lock")
	private boolean acquirePermit(Connecting connecting) {
		ConnectLimiter.Permit permit = this.connectLimiter.acquire(connecting.origin(), () -> granted(connecting));
		connecting.setPermit(permit);
		return permit.isAtOnce();
	}

	/**
	 * The permit must belong to the origin of the attempt. If handshake customizers chose
	 * another origin, the attempt returns its permit before it acquires one there: two
	 * attempts that wait for each other's permit would deadlock.
	 */
	@Override
	public boolean prepared(ConnectionAttempt attempt, URI url) {
		this.lock.lock();
		try {
			if (!(this.phase instanceof Connecting connecting) || connecting.attempt() != attempt) {
				return false;
			}
			String origin = ConnectLimiter.origin(url);
			if (origin.equals(connecting.origin())) {
				return true;
			}
			connecting.changeOrigin(origin);
			if (acquirePermit(connecting)) {
				return true;
			}
			connecting.stopDeadline();
			return false;
		}
		catch (Throwable ex) {
			recover(ex);
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void granted(Connecting connecting) {
		this.lock.lock();
		try {
			if (this.phase != connecting) {
				return;
			}
			runGranted(connecting);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Nothing happens if the attempt already runs.
	 */
	@GuardedBy("lock")
	private void runGranted(Connecting connecting) {
		ConnectionAttempt attempt = connecting.attempt();
		if (attempt == null) {
			runAttempt(connecting);
		}
		else if (connecting.isDeadlineStopped()) {
			connecting.continueDeadline(new ConnectDeadline(this, connecting));
			this.connects.submit(attempt);
		}
	}

	@GuardedBy("lock")
	private void runAttempt(Connecting connecting) {
		if (isFenced()) {
			standBy(HeartbeatLeaseLostReason.FENCED);
			return;
		}
		ConnectionAttempt attempt = new ConnectionAttempt(this.connector, this, this.connects,
				this.observation.attempt(this.resources.futures()));
		connecting.begin(attempt, this.settings.getConnectTimeout().toNanos(), new ConnectDeadline(this, connecting));
		this.connects.submit(attempt);
	}

	private void connectTimedOut(Connecting connecting) {
		this.lock.lock();
		try {
			if (this.phase != connecting || connecting.isDeadlineStopped()) {
				return;
			}
			long grace = connecting.graceNanos();
			if (grace > 0) {
				connecting.schedule(this.resources, grace, new ConnectDeadline(this, connecting));
				return;
			}
			attemptTimedOut(connecting);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void attemptTimedOut(Connecting connecting) {
		HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.CONNECT_TIMEOUT,
				"The attempt took longer than connect-timeout (" + this.settings.getConnectTimeout().toMillis() + " ms)"
						+ (this.connector.isContainerDead() ? DEAD_CONTAINER : ""));
		this.connector.suspect();
		errorHook(cause);
		connecting.failObservation(cause);
		this.observation.attemptEnded(connecting.ranNanos(), false);
		retry(cause);
	}

	@GuardedBy("lock")
	private void retry(HeartbeatConnectionException cause) {
		retry(cause, true);
	}

	/**
	 * Connect again, or give up.
	 * @param freshToken whether the credentials were not older than the attempt; a
	 * refusal of older ones is not final
	 */
	@GuardedBy("lock")
	private void retry(HeartbeatConnectionException cause, boolean freshToken) {
		this.renewing = false;
		this.outageLog.failed(cause);
		if (this.decider.isFinal(cause, this.repeat, freshToken)) {
			giveUp(cause);
		}
		else if (this.decider.canAskPolicies()) {
			askPolicies(cause);
		}
		else {
			scheduleAttempt(HeartbeatReconnectDecision.undecided(), 0, cause);
		}
	}

	@GuardedBy("lock")
	private void giveUp(HeartbeatConnectionException cause) {
		int attempts = this.repeat;
		Hook exhausted = new Hook(Hook.Type.EXHAUSTED, null, this.dispatcher.exhausted(attempts, cause));
		enter(new Exhausted(exhausted), cause);
		this.outageLog.exhausted(attempts, cause);
		this.offlineQueue.fail(Reason.CLOSED);
		announce(this.phase);
		if (this.lease != null) {
			this.departure = this.lease.withdraw(this);
			lostHook(HeartbeatLeaseLostReason.RELEASED);
			vacate();
		}
		this.hooks.expectNoMoreHooks();
	}

	/**
	 * Policies run outside the lock. If one does not answer within
	 * {@code connect-timeout}, the settings decide.
	 */
	@GuardedBy("lock")
	private void askPolicies(HeartbeatConnectionException cause) {
		long failedAt = this.resources.ticker().nanoTime();
		Duration elapsed = Duration.ofNanos(failedAt - this.outageSince);
		Deciding deciding = new Deciding(cause, failedAt);
		enter(deciding, cause);
		Decision decision = new Decision(this, deciding);
		deciding.schedule(this.resources, this.settings.getConnectTimeout().toNanos(), decision);
		this.decider.askPolicies(this.repeat + 1, elapsed, cause, decision);
	}

	private void undecided(Deciding deciding) {
		if (decided(deciding, HeartbeatReconnectDecision.undecided())) {
			this.outageLog.policyTookTooLong();
		}
	}

	private boolean decided(Deciding deciding, HeartbeatReconnectDecision decision) {
		this.lock.lock();
		try {
			if (this.phase != deciding) {
				return false;
			}
			if (decision.isStop()) {
				giveUp(deciding.cause());
				return true;
			}
			scheduleAttempt(decision, this.resources.ticker().nanoTime() - deciding.failedAt(), deciding.cause());
			return true;
		}
		catch (Throwable ex) {
			recover(ex);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Schedule the next attempt.
	 * @param decision decides the wait before it
	 * @param passedNanos how much of the wait has passed
	 */
	@GuardedBy("lock")
	private void scheduleAttempt(HeartbeatReconnectDecision decision, long passedNanos,
			HeartbeatConnectionException cause) {
		int attempt = this.repeat + 1;
		long waitNanos = this.decider.waitNanos(decision, attempt);
		long leftNanos = Math.max(0, waitNanos - passedNanos);
		Duration wait = Duration.ofNanos(waitNanos);
		Waiting waiting = new Waiting(this.resources.ticker().nanoTime() + leftNanos,
				reconnectHook(attempt, wait, cause));
		this.repeat = attempt;
		enter(waiting, cause);
		waiting.schedule(this.resources, leftNanos, new EndOfWait(this, waiting));
		this.observation.reconnectScheduled(attempt, wait, cause);
		announce(waiting);
	}

	/**
	 * Queue the hook that announces a phase, unless it is in the queue.
	 */
	@GuardedBy("lock")
	private void announce(Phase phase) {
		Hook owed = phase.owed();
		if (owed != null) {
			this.hooks.enqueue(owed);
			phase.announced();
		}
	}

	private void waited(Waiting waiting) {
		this.lock.lock();
		try {
			if (this.phase != waiting) {
				return;
			}
			if (this.pauseLogged && this.hooks.isFull()) {
				waiting.schedule(this.resources, PAUSE_NANOS, new EndOfWait(this, waiting));
				return;
			}
			connect(null);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Change the phase. The resources of the previous phase are released even if a later
	 * step fails.
	 */
	@GuardedBy("lock")
	private void enter(Phase next, @Nullable HeartbeatConnectionException cause) {
		Phase left = this.phase;
		this.phase = next;
		left.leave();
		boolean same = (left instanceof Deciding && next instanceof Waiting) || next instanceof Initializing;
		if (!same) {
			this.observation.stateChanged(next.state(), cause);
		}
		watchGiveUp(next);
	}

	@GuardedBy("lock")
	private void attemptEnded(Connecting connecting, HeartbeatConnectionException failure) {
		connecting.attemptEnded();
		connecting.failObservation(failure);
		this.observation.attemptEnded(connecting.ranNanos(), false);
	}

	/**
	 * End the connection and queue its close hook, unless that was done before. The phase
	 * stays {@link Open} until the next one is entered.
	 */
	@GuardedBy("lock")
	private void end(Open open, Reason reason, CloseStatus status, HeartbeatInitiator initiator) {
		Connection connection = open.connection();
		this.closing = connection;
		if (!connection.hasEnded()) {
			ended(connection, reason, status, initiator);
		}
		if (open.owesClose()) {
			closeHook(connection, status, initiator, false);
			open.closeAnnounced();
		}
	}

	@GuardedBy("lock")
	private void ended(Connection connection, Reason reason, CloseStatus status, HeartbeatInitiator initiator) {
		ended(connection, reason);
		this.observation.connectionEnded(status, initiator);
		if (connection.isProven()) {
			this.outageSince = this.resources.ticker().nanoTime();
		}
	}

	@GuardedBy("lock")
	private void ended(Connection connection, Reason reason) {
		connection.end(reason);
		Long lastReceived = connection.lastReceived();
		this.lastReceived = (lastReceived != null) ? lastReceived : this.lastReceived;
	}

	private void errorHook(HeartbeatConnectionException cause) {
		this.observation.error(cause);
		this.hooks.enqueue(new Hook(Hook.Type.ERROR, null, this.dispatcher.error(cause)));
	}

	private void closeHook(Connection connection, CloseStatus status, HeartbeatInitiator initiator, boolean last) {
		this.hooks.enqueue(new Hook(Hook.Type.CLOSE, connection, this.dispatcher.close(status, initiator, last)));
	}

	private Hook reconnectHook(int attempt, Duration wait, HeartbeatConnectionException cause) {
		return new Hook(Hook.Type.RECONNECT, null, this.dispatcher.reconnect(attempt, wait, cause));
	}

	/**
	 * Complete a transition that threw.
	 */
	@GuardedBy("lock")
	private void recover(Throwable failure) {
		try {
			if (failure instanceof OutOfMemoryError) {
				this.connector.suspect();
			}
			logger.debug("Thrown by a transition of client '" + this.clientName + "'", failure);
			restore(this.resources.ticker().nanoTime());
			if (this.closing != null) {
				this.closing.ensureClosing();
			}
			repaired("a transition failed with " + failure.getClass().getName());
		}
		catch (Throwable ex) {
			logger.debug("Completed by the next check", ex);
		}
	}

	/**
	 * Complete an incomplete phase. Nothing happens if the phase is valid.
	 */
	@GuardedBy("lock")
	private void restore(long now) {
		Phase phase = this.phase;
		announce(phase);
		if (phase instanceof Stopped stopped) {
			if (!stopped.isComplete()) {
				completeClose(stopped);
			}
		}
		else if (phase instanceof Open open) {
			if (open.isAnnounced() && open.connection().violation() == null) {
				open.connection().watchAgain(now);
				if (hasLostRenewal(open, now)) {
					scheduleRenewal(open, Math.max(0, open.dueAt() - now));
				}
			}
			else {
				abandon(open);
			}
		}
		else if (phase instanceof Initializing initializing) {
			restore(initializing, now);
		}
		else if (phase instanceof Connecting connecting) {
			restore(connecting, now);
		}
		else if (phase instanceof Deciding deciding) {
			if (deciding.hasLostTimeout(now)) {
				scheduleAttempt(HeartbeatReconnectDecision.undecided(), now - deciding.failedAt(), deciding.cause());
			}
		}
		else if (phase instanceof Waiting waiting && waiting.hasLostTimeout(now)) {
			waiting.schedule(this.resources, Math.max(0, waiting.dueAt() - now), new EndOfWait(this, waiting));
		}
	}

	@GuardedBy("lock")
	private void restore(Initializing initializing, long now) {
		Connection connection = initializing.connection();
		if (connection.hasEnded()) {
			connection.ensureClosing();
			retry(new HeartbeatConnectionException(Kind.NOT_READY, "The attempt could not be carried out"));
		}
		else if (connection.isInitialized()) {
			initialized(initializing);
		}
		else if (connection.violation() != null || initializing.hasLostTimeout(now)) {
			abandon(initializing, "The connection could not be kept", null);
		}
	}

	@GuardedBy("lock")
	private void restore(Connecting connecting, long now) {
		if (this.closing != null || isQueued(connecting)) {
			return;
		}
		if (connecting.permit() == null) {
			beginAttempt(connecting);
		}
		else if (connecting.attempt() == null || connecting.isDeadlineStopped()) {
			runGranted(connecting);
		}
		else if (connecting.hasLostTimeout(now)) {
			retry(new HeartbeatConnectionException(Kind.HANDSHAKE_FAILED, "The attempt could not be carried out"));
		}
	}

	/**
	 * Whether the attempt waits for its permit.
	 */
	private static boolean isQueued(Connecting connecting) {
		ConnectLimiter.Permit permit = connecting.permit();
		return permit != null && !permit.isGranted();
	}

	@GuardedBy("lock")
	private void abandon(Open open) {
		HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.CONNECTION_LOST,
				"The connection could not be kept", CloseStatus.NO_CLOSE_FRAME.getCode());
		if (open.owesClose()) {
			errorHook(cause);
		}
		end(open, Reason.NOT_OPEN, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.TRANSPORT);
		open.connection().abort();
		retry(cause);
	}

	/**
	 * Verify the invariants of the client. An open client has a live connection with an
	 * armed heartbeat timeout, a connecting one a deadline, a waiting one a timeout, and
	 * queued hooks have a thread that delivers them. A violation that two consecutive
	 * checks find is repaired. Two checks are needed because timeouts that were due while
	 * the JVM was paused run between them.
	 * @return whether a violation was found, so that the next check should come soon
	 */
	boolean check() {
		try {
			long now = this.resources.ticker().nanoTime();
			String phase = checkPhase(now);
			String hooks = this.hooks.check(now);
			checkClosing(now);
			checkDeparture();
			this.offlineQueue.check(now);
			this.completions.check();
			this.connector.check();
			if (phase != null) {
				repaired("it was " + phase);
			}
			if (hooks != null) {
				repaired("it had " + hooks);
			}
			return isSuspected();
		}
		catch (Throwable ex) {
			if (ex instanceof OutOfMemoryError) {
				this.connector.suspect();
			}
			logger.debug("Repeated by the next check", ex);
			return true;
		}
	}

	private boolean isSuspected() {
		this.lock.lock();
		try {
			return this.suspect != null || this.attemptSuspected;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable String checkPhase(long now) {
		this.lock.lock();
		try {
			Connection live = anyConnection();
			if (live != null) {
				live.check(now);
			}
			Connection connection = connection();
			this.attemptSuspected = this.connects
				.check((this.phase instanceof Connecting connecting) ? connecting.attempt() : null);
			String violation = violation(now);
			long dueAt = (connection != null) ? connection.watchedUntil() : this.phase.dueAt();
			boolean suspected = this.suspect == this.phase && this.suspectDueAt == dueAt;
			this.suspect = (violation != null) ? this.phase : null;
			this.suspectDueAt = dueAt;
			if (violation == null || !suspected) {
				return null;
			}
			restore(now);
			return violation;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Actions that wait for the socket run without the lock.
	 */
	private void checkClosing(long now) {
		Connection closing = closing();
		if (closing != null && closing.checkClosing(now)) {
			socketClosed(closing);
		}
	}

	/**
	 * Tell the lease that no connection is left, if two consecutive checks find none.
	 */
	private void checkDeparture() {
		if (this.lease == null) {
			return;
		}
		this.lock.lock();
		try {
			boolean departed = !isContending() && this.closing == null;
			if (departed && this.departureSuspected) {
				this.lease.vacated(this, this.departure);
			}
			this.departureSuspected = departed;
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private @Nullable String violation(long now) {
		Phase phase = this.phase;
		if (phase.owed() != null) {
			return phase.state() + " without its hook";
		}
		if (phase instanceof Stopped stopped) {
			return stopped.isComplete() ? null : "STOPPED by half";
		}
		if (phase instanceof Open open) {
			String violation = open.isAnnounced() ? open.connection().violation() : "OPEN without its hook";
			if (violation == null && hasLostRenewal(open, now)) {
				return "OPEN without the timeout for its renewal";
			}
			return (violation != null || open.connection().isWatched(now)) ? violation
					: "OPEN without a timeout for its heartbeats";
		}
		if (phase instanceof Initializing initializing) {
			return violation(initializing, now);
		}
		if (phase instanceof Connecting connecting) {
			return (this.closing == null && !isQueued(connecting) && connecting.hasLostTimeout(now))
					? "CONNECTING without a deadline" : null;
		}
		return ((phase instanceof Waiting || phase instanceof Deciding) && phase.hasLostTimeout(now))
				? "WAITING without a timeout" : null;
	}

	private boolean hasLostRenewal(Open open, long now) {
		return open.isRenewed() && open.hasLostTimeout(now);
	}

	private static @Nullable String violation(Initializing initializing, long now) {
		if (initializing.connection().isInitialized()) {
			return "CONNECTING though its session initializer has decided";
		}
		if (initializing.connection().violation() != null) {
			return "CONNECTING though its connection has ended";
		}
		return initializing.hasLostTimeout(now) ? "CONNECTING without a deadline" : null;
	}

	/**
	 * Log the first repair of a client.
	 */
	private void repaired(String violation) {
		this.lock.lock();
		try {
			if (!this.repairLogged) {
				this.repairLogged = true;
				this.outageLog.repaired(violation);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The end of a wait before an attempt.
	 */
	private record EndOfWait(ClientStateMachine machine, Waiting waiting) implements Runnable {

		@Override
		public void run() {
			this.machine.waited(this.waiting);
		}

	}

	private record ConnectDeadline(ClientStateMachine machine, Connecting connecting) implements Runnable {

		@Override
		public void run() {
			this.machine.connectTimedOut(this.connecting);
		}

	}

	private record InitializationDeadline(ClientStateMachine machine, Initializing initializing) implements Runnable {

		@Override
		public void run() {
			this.machine.initializationTimedOut(this.initializing);
		}

	}

	/**
	 * The decision of the policies or, if they do not answer in time, of the settings.
	 */
	private record Decision(ClientStateMachine machine,
			Deciding deciding) implements Runnable, Consumer<HeartbeatReconnectDecision> {

		@Override
		public void run() {
			this.machine.undecided(this.deciding);
		}

		@Override
		public void accept(HeartbeatReconnectDecision decision) {
			this.machine.decided(this.deciding, decision);
		}

	}

}
