package io.github.heartbeat.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

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
import io.github.heartbeat.client.Timer.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The life of one client, and the only place that changes its state. What users ask for
 * and what happens to the connection arrives here from any thread, is decided under one
 * lock, and leaves as hooks in the queue and work on the executors; nothing here blocks.
 * <p>
 * Every attempt has a number. A signal whose number is not that of the attempt or
 * connection now under way comes too late and is dropped here, and nowhere else: so any
 * number of failure signals makes one reconnect.
 */
final class ClientStateMachine implements ConnectionSignals {

	private static final long NONE = 0;

	private final ReentrantLock lock = new ReentrantLock();

	private final String clientName;

	private final HeartbeatClientSettings settings;

	private final Connector connector;

	private final PingMessages pingMessages;

	private final ClientObservation observation;

	private final HookQueue hooks;

	private final HookDispatcher dispatcher;

	private final EngineResources resources;

	private final Backoff backoff;

	private final ConnectQueue connects;

	private final OriginGates gates;

	private final String origin;

	private final OutageLog outageLog;

	private final ReconnectPolicies policies;

	private final StopConditions stopConditions;

	private final SendBounds sendBounds;

	/** What waits for the next connection. */
	private final SendQueue backlog;

	private final List<Runnable> whenGone = new ArrayList<>();

	private volatile HeartbeatClientState state = HeartbeatClientState.STOPPED;

	private volatile int repeat;

	/** The open connection. */
	private volatile @Nullable Connection connection;

	/** The connection before, while its socket is not gone. */
	private @Nullable Connection closing;

	/** The place of the attempt under way among those to the same origin. */
	private OriginGates.@Nullable Place place;

	/** The attempt under way, if it has begun. */
	private @Nullable ConnectionAttempt attempt;

	/** The number of the attempt or connection under way, or {@link #NONE}. */
	private long current = NONE;

	private long lastNumber = NONE;

	/** The wait or the deadline that runs. */
	private @Nullable Timeout timeout;

	/** The number of the attempt whose successor a policy is asked about. */
	private long undecided = NONE;

	/** When the last proven connection was lost, or the attempts began. */
	private long outageSince;

	/** When the attempt under way began. */
	private long attemptBeganAt;

	/** When the wait is over, if one runs. */
	private @Nullable Long nextAttemptAt;

	/** When something was received last on a connection that has ended. */
	private @Nullable Long lastReceived;

	private boolean connectedBefore;

	/** Whether the application runs. */
	private boolean running;

	/** Whether to open when the application starts. */
	private boolean openOnStart;

	private boolean removed;

	ClientStateMachine(String clientName, HeartbeatClientSettings settings, Connector connector,
			PingMessages pingMessages, ReconnectPolicies policies, ClientObservation observation, HookQueue hooks,
			HookDispatcher dispatcher, OriginGates gates, EngineResources resources) {
		this.clientName = clientName;
		this.settings = settings;
		this.connector = connector;
		this.pingMessages = pingMessages;
		this.observation = observation;
		this.hooks = hooks;
		this.dispatcher = dispatcher;
		this.resources = resources;
		this.backoff = new Backoff(settings, resources.random());
		this.connects = new ConnectQueue(resources.connects());
		this.gates = gates;
		this.origin = OriginGates.origin(settings.getUrl());
		this.outageLog = new OutageLog(clientName, settings.getDisplayUrl(), resources);
		this.policies = policies;
		this.stopConditions = new StopConditions(settings);
		this.sendBounds = new SendBounds(settings);
		this.backlog = new SendQueue(new ReentrantLock(), this.sendBounds, settings, resources);
		this.openOnStart = settings.isAutoStartup();
	}

	HeartbeatClientState state() {
		return this.state;
	}

	int repeat() {
		return this.repeat;
	}

	@Nullable Connection connection() {
		return this.connection;
	}

	HeartbeatClientSnapshot snapshot() {
		HookQueue.Running slowHook = this.hooks.slowHook();
		this.lock.lock();
		try {
			boolean outage = this.state != HeartbeatClientState.OPEN && this.state != HeartbeatClientState.STOPPED;
			Connection connection = this.connection;
			Long received = (connection != null) ? connection.lastReceived() : null;
			return new HeartbeatClientSnapshot(this.state, this.observation.since(), this.repeat,
					this.observation.reconnects(), outage ? this.observation.instant(this.outageSince) : null,
					instant((received != null) ? received : this.lastReceived), this.observation.lastClose(),
					this.observation.lastError(), instant(this.nextAttemptAt),
					(slowHook != null) ? new SlowHook(slowHook.type().name().toLowerCase(Locale.ROOT),
							this.observation.instant(slowHook.since())) : null,
					this.sendBounds.messages(), this.observation.now());
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Instant instant(@Nullable Long nanoTime) {
		return (nanoTime != null) ? this.observation.instant(nanoTime) : null;
	}

	/**
	 * Queue a message on the open connection or, where there is none and that is asked
	 * for, for the next one.
	 * @return why not, or {@code null} if it is queued and its future will end
	 */
	@Nullable Reason offer(PendingSend send) {
		Connection connection = this.connection;
		if (connection != null) {
			Reason refusal = connection.offer(send);
			if (refusal == null || refusal == Reason.QUEUE_FULL) {
				return refusal;
			}
		}
		this.lock.lock();
		try {
			if (this.connection != null) {
				return this.connection.offer(send);
			}
			if (this.state == HeartbeatClientState.STOPPED || this.state == HeartbeatClientState.EXHAUSTED) {
				return Reason.CLOSED;
			}
			return (this.settings.getSendWhileDisconnected() == HeartbeatSendWhileDisconnected.QUEUE)
					? this.backlog.offer(send) : Reason.NOT_OPEN;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The application has started.
	 */
	void start() {
		locked(() -> {
			this.running = true;
			if (this.openOnStart) {
				this.openOnStart = false;
				startFromScratch();
			}
		});
	}

	/**
	 * The application is stopping. What is open now is opened again by {@link #start()}.
	 * @param quiet run when the socket is gone and no hook runs or waits
	 */
	void stop(CloseStatus status, Runnable quiet) {
		locked(() -> {
			this.running = false;
			this.openOnStart = this.openOnStart || this.state == HeartbeatClientState.CONNECTING
					|| this.state == HeartbeatClientState.OPEN || this.state == HeartbeatClientState.WAITING;
			closeForGood(status);
		});
		whenQuiet(quiet);
	}

	/**
	 * The end: drop the socket on this thread and deliver nothing any more.
	 */
	void destroy() {
		Connection closing;
		ConnectionAttempt attempt;
		this.lock.lock();
		try {
			this.running = false;
			attempt = this.attempt;
			closeForGood(CloseStatus.GOING_AWAY);
			closing = this.closing;
		}
		finally {
			this.lock.unlock();
		}
		this.hooks.close();
		if (attempt != null) {
			attempt.cancel();
		}
		if (closing != null) {
			closing.abortNow();
		}
	}

	void open() {
		locked(() -> {
			if (this.removed) {
				throw new IllegalStateException("Client '" + this.clientName + "' was removed");
			}
			if (!this.running) {
				this.openOnStart = true;
			}
			else if (this.state == HeartbeatClientState.STOPPED || this.state == HeartbeatClientState.EXHAUSTED) {
				startFromScratch();
			}
		});
	}

	void close(CloseStatus status) {
		locked(() -> {
			this.openOnStart = false;
			closeForGood(status);
		});
	}

	/**
	 * Close, never to open again.
	 * @param quiet run when the socket is gone and no hook runs or waits
	 */
	void remove(Runnable quiet) {
		locked(() -> {
			this.removed = true;
			this.openOnStart = false;
			closeForGood(CloseStatus.NORMAL);
		});
		whenQuiet(quiet);
	}

	/**
	 * From within a hook, its own end is not waited for.
	 */
	private void whenQuiet(Runnable action) {
		Runnable whenGone = this.hooks.isDeliveredHere() ? action : () -> this.hooks.whenIdle(action);
		this.lock.lock();
		try {
			if (this.closing != null) {
				this.whenGone.add(whenGone);
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		whenGone.run();
	}

	private void closeForGood(CloseStatus status) {
		if (this.state == HeartbeatClientState.STOPPED) {
			return;
		}
		enter(HeartbeatClientState.STOPPED, null);
		abandonAttempt();
		this.outageLog.stopped();
		Connection connection = endConnection(Reason.CLOSED, status, HeartbeatInitiator.CLIENT);
		this.backlog.fail(Reason.CLOSED);
		Set<Long> unheard = this.hooks.discardPending();
		if (connection != null) {
			if (!unheard.contains(connection.attempt())) {
				closeHook(connection.attempt(), status, HeartbeatInitiator.CLIENT, true);
			}
			connection.closeGracefully(status, Reason.CLOSED);
		}
		this.hooks.lastForNow();
	}

	void reconnect() {
		locked(() -> {
			if (this.state == HeartbeatClientState.STOPPED) {
				return;
			}
			if (this.state == HeartbeatClientState.EXHAUSTED) {
				this.outageSince = this.resources.ticker().nanoTime();
			}
			abandonAttempt();
			Connection connection = endConnection(Reason.NOT_OPEN, CloseStatus.NORMAL, HeartbeatInitiator.CLIENT);
			if (connection != null) {
				closeHook(connection.attempt(), CloseStatus.NORMAL, HeartbeatInitiator.CLIENT, false);
			}
			if (this.closing != null) {
				this.closing.abort();
			}
			this.repeat = 1;
			HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.RECONNECT_REQUESTED,
					"A reconnect was asked for");
			reconnectHook(1, Duration.ZERO, cause);
			connect(cause);
		});
	}

	@Override
	public @Nullable Connection opened(long number, Link link) {
		this.lock.lock();
		try {
			if (isStale(number)) {
				return null;
			}
			cancelTimeout();
			releasePlace();
			this.attempt = null;
			Connection connection = new Connection(this.clientName, number, link, this.settings, this.pingMessages,
					this.backlog, this.sendBounds, this, this.observation, this.hooks, this.resources);
			this.connection = connection;
			attemptEnded(true);
			enter(HeartbeatClientState.OPEN, null);
			this.outageLog.connected();
			boolean reconnect = this.connectedBefore;
			this.connectedBefore = true;
			this.hooks.enqueue(new Hook(Hook.Type.OPEN, number, () -> this.dispatcher.open(connection, reconnect)));
			return connection;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void failed(long number, HeartbeatConnectionException cause) {
		ifCurrent(number, () -> {
			abandonAttempt();
			errorHook(number, cause);
			Connection connection = endConnection(Reason.NOT_OPEN, CloseStatus.NO_CLOSE_FRAME,
					HeartbeatInitiator.TRANSPORT);
			if (connection != null) {
				closeHook(number, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.TRANSPORT, false);
				connection.abort();
			}
			else {
				attemptEnded(false);
			}
			retry(cause);
		});
	}

	@Override
	public void closed(long number, CloseStatus status) {
		ifCurrent(number, () -> {
			boolean lost = status.getCode() == CloseStatus.NO_CLOSE_FRAME.getCode();
			HeartbeatConnectionException cause = lost
					? new HeartbeatConnectionException(Kind.CONNECTION_LOST,
							"The connection was lost without a close frame", status.getCode())
					: new HeartbeatConnectionException(Kind.CLOSED_BY_SERVER,
							"The server closed the connection with code " + status.getCode(), status.getCode());
			HeartbeatInitiator initiator = lost ? HeartbeatInitiator.TRANSPORT : HeartbeatInitiator.SERVER;
			abandonAttempt();
			Connection connection = endConnection(Reason.NOT_OPEN, status, initiator);
			if (connection == null || lost) {
				errorHook(number, cause);
			}
			if (connection == null) {
				attemptEnded(false);
			}
			else {
				closeHook(number, status, initiator, false);
				if (lost || connection.isBroken()) {
					connection.abort();
				}
				else {
					connection.awaitGone();
				}
			}
			retry(cause);
		});
	}

	@Override
	public void heartbeatTimedOut(long number) {
		ifCurrent(number, () -> {
			Connection connection = endConnection(Reason.NOT_OPEN, CloseStatus.NO_CLOSE_FRAME,
					HeartbeatInitiator.HEARTBEAT);
			if (connection != null) {
				this.outageLog.notAnswered(connection.hasAnswered());
				closeHook(number, CloseStatus.NO_CLOSE_FRAME, HeartbeatInitiator.HEARTBEAT, false);
				connection.abort();
			}
			retry(new HeartbeatConnectionException(Kind.NO_ANSWER,
					"Nothing was received for " + this.settings.getPongTimeout().toMillis() + " ms after a heartbeat",
					CloseStatus.NO_CLOSE_FRAME.getCode()));
		});
	}

	@Override
	public void messageTooLarge(long number) {
		HeartbeatConnectionException cause = new HeartbeatConnectionException(Kind.MESSAGE_TOO_LARGE,
				"A message is larger than max-message-size (" + this.settings.getMaxMessageSize() + ")",
				CloseStatus.TOO_BIG_TO_PROCESS.getCode());
		ifCurrent(number, () -> {
			errorHook(number, cause);
			endPolitely(number, CloseStatus.TOO_BIG_TO_PROCESS);
			retry(cause);
		});
	}

	@Override
	public void closedByView(long number, CloseStatus status) {
		ifCurrent(number, () -> {
			endPolitely(number, status);
			retry(new HeartbeatConnectionException(Kind.CLOSED_BY_CLIENT,
					"The session was closed with code " + status.getCode(), status.getCode()));
		});
	}

	private void endPolitely(long number, CloseStatus status) {
		Connection connection = endConnection(Reason.NOT_OPEN, status, HeartbeatInitiator.CLIENT);
		if (connection != null) {
			closeHook(number, status, HeartbeatInitiator.CLIENT, false);
			connection.closeGracefully(status, Reason.CONNECTION_LOST);
		}
	}

	@Override
	public void proven(long number) {
		ifCurrent(number, () -> this.repeat = 0);
	}

	@Override
	public void error(long number, HeartbeatConnectionException cause) {
		ifCurrent(number, () -> errorHook(number, cause));
	}

	@Override
	public void gone(long number) {
		List<Runnable> actions = new ArrayList<>();
		locked(() -> {
			if (this.closing == null || this.closing.attempt() != number) {
				return;
			}
			this.closing = null;
			actions.addAll(this.whenGone);
			this.whenGone.clear();
			if (this.state == HeartbeatClientState.CONNECTING) {
				beginAttempt();
			}
		});
		actions.forEach(Runnable::run);
	}

	private void startFromScratch() {
		this.repeat = 0;
		this.connectedBefore = false;
		this.outageSince = this.resources.ticker().nanoTime();
		connect(null);
	}

	/**
	 * Connect as soon as the socket of the connection before is gone: there are never
	 * two.
	 */
	private void connect(@Nullable HeartbeatConnectionException cause) {
		enter(HeartbeatClientState.CONNECTING, cause);
		this.current = ++this.lastNumber;
		if (this.closing == null) {
			beginAttempt();
		}
	}

	/**
	 * Waiting for a place is not charged to the deadline.
	 */
	private void beginAttempt() {
		long number = this.current;
		OriginGates.Place place = this.gates.enter(this.origin, () -> ifCurrent(number, this::runAttempt));
		this.place = place;
		if (place.isAtOnce()) {
			runAttempt();
		}
	}

	private void runAttempt() {
		long number = this.current;
		ConnectionAttempt attempt = new ConnectionAttempt(number, this.connector, this, this.connects);
		this.attempt = attempt;
		this.attemptBeganAt = this.resources.ticker().nanoTime();
		this.timeout = this.resources.timer()
			.schedule(() -> connectTimedOut(number), this.settings.getConnectTimeout().toNanos());
		this.connects.submit(attempt);
	}

	/**
	 * The deadline may come just after the attempt has become a connection, which has the
	 * same number.
	 */
	private void connectTimedOut(long number) {
		locked(() -> {
			if (this.state == HeartbeatClientState.CONNECTING) {
				failed(number,
						new HeartbeatConnectionException(Kind.CONNECT_TIMEOUT,
								"The attempt took longer than connect-timeout ("
										+ this.settings.getConnectTimeout().toMillis() + " ms)"));
			}
		});
	}

	private void retry(HeartbeatConnectionException cause) {
		this.outageLog.failed(cause);
		Integer limit = this.settings.getRepeatLimit();
		if (this.stopConditions.includes(cause) || (limit != null && this.repeat >= limit)) {
			giveUp(cause);
			return;
		}
		enter(HeartbeatClientState.WAITING, cause);
		if (this.policies.canDecide()) {
			askPolicies(cause);
		}
		else {
			scheduleAttempt(this.backoff.waitNanos(this.repeat + 1), 0, cause);
		}
	}

	private void giveUp(HeartbeatConnectionException cause) {
		enter(HeartbeatClientState.EXHAUSTED, cause);
		int attempts = this.repeat;
		this.outageLog.exhausted(attempts, cause);
		this.backlog.fail(Reason.CLOSED);
		this.hooks
			.enqueue(new Hook(Hook.Type.EXHAUSTED, this.lastNumber, () -> this.dispatcher.exhausted(attempts, cause)));
		this.hooks.lastForNow();
	}

	/**
	 * Policies are code of users: they run outside the lock, and an answer that does not
	 * come does not end the attempts.
	 */
	private void askPolicies(HeartbeatConnectionException cause) {
		long number = this.lastNumber;
		int attempt = this.repeat + 1;
		long failedAt = this.resources.ticker().nanoTime();
		Duration elapsed = Duration.ofNanos(failedAt - this.outageSince);
		this.undecided = number;
		this.timeout = this.resources.timer().schedule(() -> {
			if (decided(number, HeartbeatReconnectDecision.undecided(), failedAt, cause)) {
				this.outageLog.policyTookTooLong();
			}
		}, this.settings.getConnectTimeout().toNanos());
		this.resources.hooks()
			.execute(() -> decided(number, this.policies.decide(attempt, elapsed, cause), failedAt, cause));
	}

	private boolean decided(long number, HeartbeatReconnectDecision decision, long failedAt,
			HeartbeatConnectionException cause) {
		this.lock.lock();
		try {
			if (this.state != HeartbeatClientState.WAITING || this.undecided != number) {
				return false;
			}
			this.undecided = NONE;
			cancelTimeout();
			if (decision.isStop()) {
				giveUp(cause);
				return true;
			}
			Duration wait = decision.getWait();
			scheduleAttempt((wait != null) ? wait.toNanos() : this.backoff.waitNanos(this.repeat + 1),
					this.resources.ticker().nanoTime() - failedAt, cause);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Schedule the next attempt.
	 * @param waitNanos the wait
	 * @param passedNanos how much of it has passed
	 */
	private void scheduleAttempt(long waitNanos, long passedNanos, HeartbeatConnectionException cause) {
		this.repeat = this.repeat + 1;
		long lastNumber = this.lastNumber;
		long leftNanos = Math.max(0, waitNanos - passedNanos);
		this.nextAttemptAt = this.resources.ticker().nanoTime() + leftNanos;
		this.timeout = this.resources.timer().schedule(() -> waited(lastNumber), leftNanos);
		reconnectHook(this.repeat, Duration.ofNanos(waitNanos), cause);
	}

	private void waited(long lastNumber) {
		locked(() -> {
			if (this.state == HeartbeatClientState.WAITING && this.lastNumber == lastNumber) {
				connect(null);
			}
		});
	}

	private void enter(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
		this.state = state;
		this.nextAttemptAt = null;
		this.observation.stateChanged(state, cause);
	}

	private void attemptEnded(boolean success) {
		this.observation.attemptEnded(this.resources.ticker().nanoTime() - this.attemptBeganAt, success);
	}

	private @Nullable Connection endConnection(Reason reason, CloseStatus status, HeartbeatInitiator initiator) {
		Connection connection = this.connection;
		this.connection = null;
		this.current = NONE;
		if (connection != null) {
			this.closing = connection;
			connection.end(reason);
			Long lastReceived = connection.lastReceived();
			this.lastReceived = (lastReceived != null) ? lastReceived : this.lastReceived;
			this.observation.connectionEnded(status, initiator);
			if (connection.isProven()) {
				this.outageSince = this.resources.ticker().nanoTime();
			}
		}
		return connection;
	}

	private void abandonAttempt() {
		cancelTimeout();
		releasePlace();
		ConnectionAttempt attempt = this.attempt;
		this.attempt = null;
		if (attempt != null) {
			this.resources.cancels().execute(attempt::cancel);
		}
	}

	private void releasePlace() {
		if (this.place != null) {
			this.place.release();
			this.place = null;
		}
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	private void errorHook(long number, HeartbeatConnectionException cause) {
		this.observation.error(cause);
		this.hooks.enqueue(new Hook(Hook.Type.ERROR, number, () -> this.dispatcher.error(cause)));
	}

	private void closeHook(long number, CloseStatus status, HeartbeatInitiator initiator, boolean last) {
		this.hooks.enqueue(new Hook(Hook.Type.CLOSE, number, () -> this.dispatcher.close(status, initiator, last)));
	}

	private void reconnectHook(int attempt, Duration wait, HeartbeatConnectionException cause) {
		this.observation.reconnectScheduled(attempt, wait, cause);
		this.hooks.enqueue(
				new Hook(Hook.Type.RECONNECT, this.lastNumber, () -> this.dispatcher.reconnect(attempt, wait, cause)));
	}

	private boolean isStale(long number) {
		return number != this.current;
	}

	private void ifCurrent(long number, Runnable transition) {
		locked(() -> {
			if (!isStale(number)) {
				transition.run();
			}
		});
	}

	private void locked(Runnable action) {
		this.lock.lock();
		try {
			action.run();
		}
		finally {
			this.lock.unlock();
		}
	}

}
