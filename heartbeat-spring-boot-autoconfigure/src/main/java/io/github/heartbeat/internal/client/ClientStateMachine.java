package io.github.heartbeat.internal.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import io.github.heartbeat.HeartbeatSubscription;
import io.github.heartbeat.internal.client.Phase.Connecting;
import io.github.heartbeat.internal.client.Phase.Deciding;
import io.github.heartbeat.internal.client.Phase.Exhausted;
import io.github.heartbeat.internal.client.Phase.Open;
import io.github.heartbeat.internal.client.Phase.Stopped;
import io.github.heartbeat.internal.client.Phase.Waiting;
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
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.OutageLog;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.send.PendingSend;
import io.github.heartbeat.internal.send.SendBounds;
import io.github.heartbeat.internal.send.SendCompletions;
import io.github.heartbeat.internal.send.SendQueue;
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
 */
final class ClientStateMachine implements AttemptSignals, ConnectionSignals {

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

	private final SendBounds sendBounds;

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
			PingMessages pingMessages, PongMatchers pongMatchers, ReconnectDecider decider,
			ClientObservation observation, HookQueue hooks, HookDispatcher dispatcher, ConnectLimiter connectLimiter,
			UserCodeLog userCodeLog, EngineResources resources) {
		this.clientName = clientName;
		this.settings = settings;
		this.connector = connector;
		this.pingMessages = pingMessages;
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

	HeartbeatClientSnapshot snapshot() {
		HookQueue.Running slowHook = this.hooks.slowHook();
		this.lock.lock();
		try {
			HeartbeatClientState state = state();
			boolean outage = state != HeartbeatClientState.OPEN && state != HeartbeatClientState.STOPPED;
			Connection connection = connection();
			Long received = (connection != null) ? connection.lastReceived() : null;
			return new HeartbeatClientSnapshot(state, this.observation.since(), this.repeat,
					this.observation.reconnects(), outage ? this.observation.instant(this.outageSince) : null,
					instant((received != null) ? received : this.lastReceived), this.observation.lastClose(),
					this.observation.lastError(),
					instant((this.phase instanceof Waiting waiting) ? Long.valueOf(waiting.dueAt()) : null),
					(slowHook != null) ? new SlowHook(slowHook.type().name().toLowerCase(Locale.ROOT),
							this.observation.instant(slowHook.since())) : null,
					this.sendBounds.messages(), this.subscriptions.count(), this.observation.now());
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Instant instant(@Nullable Long nanoTime) {
		return (nanoTime != null) ? this.observation.instant(nanoTime) : null;
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
			return (this.settings.getSendWhileDisconnected() == HeartbeatSendWhileDisconnected.QUEUE)
					? this.offlineQueue.offer(send) : Reason.NOT_OPEN;
		}
		finally {
			this.lock.unlock();
		}
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
			closeUntilOpened(status);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
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
			closeUntilOpened(CloseStatus.GOING_AWAY);
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
			closeUntilOpened(status);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
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
			closeUntilOpened(CloseStatus.NORMAL);
		}
		catch (Throwable ex) {
			recover(ex);
		}
		finally {
			this.lock.unlock();
		}
		onTerminated(terminated);
	}

	/**
	 * A hook cannot wait for its own completion.
	 */
	private void onTerminated(Runnable action) {
		Runnable onSocketClosed = this.hooks.isDeliveredHere() ? action : () -> this.hooks.whenIdle(action);
		this.lock.lock();
		try {
			if (this.closing != null) {
				List<Runnable> actions = (this.onSocketClosed != null) ? this.onSocketClosed : new ArrayList<>(1);
				actions.add(onSocketClosed);
				this.onSocketClosed = actions;
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		onSocketClosed.run();
	}

	@GuardedBy("lock")
	private void closeUntilOpened(CloseStatus status) {
		if (this.phase instanceof Stopped) {
			return;
		}
		Connection connection = connection();
		boolean owesClose = this.phase instanceof Open open && open.owesClose();
		Stopped stopped = new Stopped(connection, owesClose, status);
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
			ended(connection, Reason.CLOSED, status, HeartbeatInitiator.CLIENT);
		}
		this.offlineQueue.fail(Reason.CLOSED);
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
		this.hooks.expectNoMoreHooks();
		stopped.complete();
	}

	void reconnect() {
		this.lock.lock();
		try {
			if (this.phase instanceof Stopped || isPaused()) {
				return;
			}
			if (this.phase instanceof Exhausted) {
				this.outageSince = this.resources.ticker().nanoTime();
			}
			if (this.phase instanceof Open open) {
				end(open, Reason.NOT_OPEN, CloseStatus.NORMAL, HeartbeatInitiator.CLIENT);
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
			Connection connection = new Connection(this.clientName, transport, this.settings, this.pingMessages,
					this.pongMatchers, this.offlineQueue, this.sendBounds, this.completions, this, this.observation,
					this.hooks, this.resources);
			Open open = new Open(attempt, connection);
			attemptEnded(connecting, true);
			enter(open, null);
			this.outageLog.connected();
			boolean reconnect = this.connectedBefore;
			this.connectedBefore = true;
			this.hooks.enqueue(new Hook(Hook.Type.OPEN, connection, () -> deliverOpen(connection, reconnect)));
			open.announced();
			connection.start();
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
		}
	}

	@Override
	public void failed(ConnectionAttempt attempt, HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (this.phase instanceof Connecting connecting && connecting.attempt() == attempt) {
				attemptFailed(connecting, cause);
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
		attemptEnded(connecting, false);
		retry(cause);
	}

	@Override
	public void failed(Connection connection, HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (this.phase instanceof Open open && open.connection() == connection) {
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
						"A message is larger than max-message-size (" + this.settings.getMaxMessageSize() + ")",
						CloseStatus.TOO_BIG_TO_PROCESS.getCode());
				errorHook(cause);
				endPolitely(open, CloseStatus.TOO_BIG_TO_PROCESS);
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
			actions.forEach(Phase::release);
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
		connect(null);
	}

	/**
	 * Connect as soon as the socket of the previous connection is closed, so that there
	 * are never two. If a hook is stuck, attempts pause, because their hooks would queue
	 * behind it without bound.
	 */
	@GuardedBy("lock")
	private void connect(@Nullable HeartbeatConnectionException cause) {
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
		waiting.schedule(this.resources, PAUSE_NANOS, () -> waited(waiting));
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
			connecting.continueDeadline(() -> connectTimedOut(connecting));
			this.connects.submit(attempt);
		}
	}

	@GuardedBy("lock")
	private void runAttempt(Connecting connecting) {
		ConnectionAttempt attempt = new ConnectionAttempt(this.connector, this, this.connects);
		connecting.begin(attempt, this.settings.getConnectTimeout().toNanos(), () -> connectTimedOut(connecting));
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
				connecting.schedule(this.resources, grace, () -> connectTimedOut(connecting));
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
		this.observation.attemptEnded(connecting.ranNanos(), false);
		retry(cause);
	}

	@GuardedBy("lock")
	private void retry(HeartbeatConnectionException cause) {
		this.outageLog.failed(cause);
		if (this.decider.isFinal(cause, this.repeat)) {
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
		Hook exhausted = new Hook(Hook.Type.EXHAUSTED, null, () -> this.dispatcher.exhausted(attempts, cause));
		enter(new Exhausted(exhausted), cause);
		this.outageLog.exhausted(attempts, cause);
		this.offlineQueue.fail(Reason.CLOSED);
		announce(this.phase);
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
		deciding.schedule(this.resources, this.settings.getConnectTimeout().toNanos(), () -> undecided(deciding));
		this.decider.askPolicies(this.repeat + 1, elapsed, cause, (decision) -> decided(deciding, decision));
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
		waiting.schedule(this.resources, leftNanos, () -> waited(waiting));
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
				waiting.schedule(this.resources, PAUSE_NANOS, () -> waited(waiting));
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
		boolean decided = left instanceof Deciding && next instanceof Waiting;
		if (!decided) {
			this.observation.stateChanged(next.state(), cause);
		}
	}

	@GuardedBy("lock")
	private void attemptEnded(Connecting connecting, boolean success) {
		connecting.attemptEnded();
		this.observation.attemptEnded(connecting.ranNanos(), success);
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
		connection.end(reason);
		Long lastReceived = connection.lastReceived();
		this.lastReceived = (lastReceived != null) ? lastReceived : this.lastReceived;
		this.observation.connectionEnded(status, initiator);
		if (connection.isProven()) {
			this.outageSince = this.resources.ticker().nanoTime();
		}
	}

	private void errorHook(HeartbeatConnectionException cause) {
		this.observation.error(cause);
		this.hooks.enqueue(new Hook(Hook.Type.ERROR, null, () -> this.dispatcher.error(cause)));
	}

	private void closeHook(Connection connection, CloseStatus status, HeartbeatInitiator initiator, boolean last) {
		this.hooks.enqueue(new Hook(Hook.Type.CLOSE, connection, () -> this.dispatcher.close(status, initiator, last)));
	}

	private Hook reconnectHook(int attempt, Duration wait, HeartbeatConnectionException cause) {
		return new Hook(Hook.Type.RECONNECT, null, () -> this.dispatcher.reconnect(attempt, wait, cause));
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
			}
			else {
				abandon(open);
			}
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
			waiting.schedule(this.resources, Math.max(0, waiting.dueAt() - now), () -> waited(waiting));
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
			Connection connection = connection();
			if (connection != null) {
				connection.check(now);
			}
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
			return (violation != null || open.connection().isWatched(now)) ? violation
					: "OPEN without a timeout for its heartbeats";
		}
		if (phase instanceof Connecting connecting) {
			return (this.closing == null && !isQueued(connecting) && connecting.hasLostTimeout(now))
					? "CONNECTING without a deadline" : null;
		}
		return ((phase instanceof Waiting || phase instanceof Deciding) && phase.hasLostTimeout(now))
				? "WAITING without a timeout" : null;
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

}
