package io.github.heartbeat.internal.connection;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.HeartbeatSessionInitializer;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.hook.HookDispatcher;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.HookSource;
import io.github.heartbeat.internal.message.MessageAssembler;
import io.github.heartbeat.internal.message.MessageAssembler.MessageTooLargeException;
import io.github.heartbeat.internal.message.PayloadLog;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.message.PongMatchers;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.observe.UserCodeLog;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Fence;
import io.github.heartbeat.internal.runtime.LostTasks;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.internal.send.Outbox;
import io.github.heartbeat.internal.send.PendingSend;
import io.github.heartbeat.internal.send.SendBounds;
import io.github.heartbeat.internal.send.SendCompletions;
import io.github.heartbeat.internal.send.SendQueue;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * An open connection: receives, sends and sends heartbeats until it ends. An ended
 * connection delivers nothing, but its socket may close later.
 */
public final class Connection implements HookSource {

	private static final EngineLog logger = EngineLog.of(Connection.class);

	private static final long FIRST_POLL_NANOS = 2_000_000;

	private static final long MAX_POLL_NANOS = 50_000_000;

	/**
	 * The limit of an abort. Only a container without a native abort can take this long.
	 */
	private static final long MAX_ABORT_NANOS = 2_000_000_000;

	private final String clientName;

	/**
	 * How long to wait after an error for the container to report the end of the
	 * connection. Only that report has the close code of the server.
	 */
	private static final long LOSS_GRACE_NANOS = 100_000_000;

	private final Transport transport;

	private final ConnectionSignals signals;

	private final ClientObservation observation;

	private final HookQueue hooks;

	private final EngineResources resources;

	private final HeartbeatMonitor monitor;

	private final Outbox outbox;

	private final MessageAssembler assembler;

	private final PongMatchers pongMatchers;

	/** When the lease of the client ends, or {@code null} if it is not led. */
	private final @Nullable Fence fence;

	private final long stableAfterNanos;

	private final long closeTimeoutNanos;

	/** Whether the client is open. Written after {@link #openedAt}. */
	private volatile boolean opened;

	private long openedAt;

	/**
	 * Receives the messages until the open hook has returned, or {@code null}. Not
	 * volatile: a thread that still sees it delivers to it, and it passes the message on.
	 */
	private @Nullable SessionInitialization initialization;

	private final DataSize maxMessageSize;

	private final WebSocketSession view;

	private final AtomicBoolean socketClosed = new AtomicBoolean();

	private final AtomicBoolean lost = new AtomicBoolean();

	private volatile Timer.@Nullable Timeout lossReport;

	private volatile @Nullable Thread openHookThread;

	private volatile boolean proven;

	private volatile boolean answered;

	private volatile boolean ended;

	/** Whether closing or aborting has begun. */
	private volatile boolean closing;

	/** When {@code close-timeout} ends. */
	private volatile long closeDeadline;

	/** Whether the thread that aborts has begun. */
	private volatile boolean aborting;

	/**
	 * Number of consecutive checks at which the abort had no thread. Check thread only.
	 */
	private int unabortedChecks;

	/**
	 * When the abort began. Written before {@link #aborting}.
	 */
	private volatile long abortingSince;

	public Connection(String clientName, Transport transport, HeartbeatClientSettings settings,
			PingMessages pingMessages, PongMatchers pongMatchers, SendQueue offlineQueue, SendBounds bounds,
			SendCompletions completions, ConnectionSignals signals, ClientObservation observation, HookQueue hooks,
			@Nullable Fence fence, EngineResources resources) {
		this.fence = fence;
		this.clientName = clientName;
		this.transport = transport;
		this.signals = signals;
		this.observation = observation;
		this.hooks = hooks;
		this.resources = resources;
		this.pongMatchers = pongMatchers;
		this.stableAfterNanos = settings.getStableAfter().toNanos();
		this.closeTimeoutNanos = settings.getCloseTimeout().toNanos();
		this.maxMessageSize = settings.getMaxMessageSize();
		this.assembler = new MessageAssembler(this.maxMessageSize.toBytes());
		this.outbox = new Outbox(clientName, settings, offlineQueue, bounds, completions, transport,
				new OutboxSignals(pingMessages), fence, resources);
		this.monitor = new HeartbeatMonitor(settings, resources, hooks, this.outbox::requestHeartbeat,
				() -> signals.heartbeatTimedOut(this));
		this.view = new SessionView(this, transport.session());
	}

	/**
	 * Have a session initializer prepare the connection before the client is open. Called
	 * before the first message can arrive.
	 */
	public void prepareWith(HeartbeatSessionInitializer initializer, HookDispatcher dispatcher,
			UserCodeLog userCodeLog) {
		this.initialization = new SessionInitialization(this, initializer, dispatcher, this.hooks, userCodeLog,
				this.signals, this.maxMessageSize);
	}

	/**
	 * Call the session initializer. Called as a hook.
	 */
	public void initialize() {
		SessionInitialization initialization = this.initialization;
		if (initialization != null && !this.ended) {
			initialization.begin();
		}
	}

	/**
	 * Whether the session initializer has decided.
	 */
	public boolean isInitialized() {
		SessionInitialization initialization = this.initialization;
		return initialization == null || initialization.isDecided();
	}

	/**
	 * Return why the session initializer failed, or {@code null} if it did not.
	 */
	public @Nullable HeartbeatConnectionException initializationFailure() {
		SessionInitialization initialization = this.initialization;
		return (initialization != null) ? initialization.failure() : null;
	}

	/**
	 * Deliver the messages that arrived before the client was open. Called at the end of
	 * the open hook.
	 */
	public void deliverKept() {
		SessionInitialization initialization = this.initialization;
		if (initialization == null) {
			return;
		}
		this.initialization = null;
		try {
			initialization.deliverKept();
		}
		catch (Throwable ex) {
			logger.debug("A message could not be delivered", ex);
			lost("A message could not be delivered");
		}
	}

	/**
	 * Discard the messages that arrived before the client was open, because it will not
	 * be open or was closed.
	 */
	public void discardKept() {
		SessionInitialization initialization = this.initialization;
		if (initialization != null) {
			initialization.discard();
		}
	}

	/**
	 * The client is open. Called before the open hook is queued, because that hook can
	 * run and return at once.
	 */
	public void opened() {
		this.openedAt = this.resources.ticker().nanoTime();
		this.opened = true;
		this.outbox.opened();
	}

	/**
	 * Start the heartbeat monitor. Called when the open hook is queued.
	 */
	public void start() {
		this.monitor.start();
	}

	public WebSocketSession view() {
		return this.view;
	}

	/**
	 * Queue a message. Messages that the open hook sends on its thread are written first.
	 * @return the reason for a refusal, or {@code null} if the message is queued and its
	 * future will complete
	 */
	public @Nullable Reason offer(PendingSend send) {
		return isOpenHookThread() ? this.outbox.offerFromOpenHook(send) : this.outbox.offer(send);
	}

	/**
	 * Queue a message of the session initializer ahead of all other messages.
	 * @return the reason for a refusal, or {@code null} if the message is queued and its
	 * future will complete
	 */
	@Nullable Reason offerFirst(PendingSend send) {
		return this.outbox.offerFromOpenHook(send);
	}

	/**
	 * Queue a message of a subscription.
	 * @return the reason for a refusal, or {@code null} if the message is queued and its
	 * future will complete
	 */
	public @Nullable Reason offerSubscription(PendingSend send) {
		return this.outbox.offerSubscription(send);
	}

	/**
	 * Wrap a message for {@link #offer}.
	 */
	public PendingSend pendingSend(WebSocketMessage<?> message) {
		return new PendingSend(this.clientName, message, this.observation);
	}

	/**
	 * The open hook begins on this thread.
	 */
	public void openHookBegins() {
		this.openHookThread = Thread.currentThread();
	}

	/**
	 * The open hook has returned. If the connection ended meanwhile, it did not get all
	 * subscriptions, and what waits for them must not be written.
	 */
	public void openHookEnds() {
		this.openHookThread = null;
		if (!this.ended) {
			this.outbox.openHookEnded();
		}
	}

	public boolean isOpenHookThread() {
		return this.openHookThread == Thread.currentThread();
	}

	@Override
	public boolean hasEnded() {
		return this.ended;
	}

	@Override
	public boolean mayDeliver() {
		if (this.fence == null || !this.fence.isPassed(this.resources.ticker().nanoTime())) {
			return true;
		}
		this.signals.fenced(this);
		return false;
	}

	/**
	 * Whether an error announced the end. The container may leave the socket open then.
	 */
	public boolean isBroken() {
		return this.lost.get();
	}

	/**
	 * Whether messages are compressed.
	 */
	public boolean isCompressed() {
		return this.transport.isCompressed();
	}

	/**
	 * Return the time of the last receipt, or {@code null} if there was none.
	 */
	public @Nullable Long lastReceived() {
		return this.monitor.lastReceived();
	}

	public boolean isProven() {
		return this.proven;
	}

	/**
	 * Whether a heartbeat was answered.
	 */
	public boolean hasAnswered() {
		return this.answered;
	}

	/**
	 * Receive a message, a fragment of one or a pong. Called on the thread of the
	 * container.
	 */
	public void received(WebSocketMessage<?> message) {
		if (this.ended) {
			return;
		}
		long now = this.resources.ticker().nanoTime();
		if (this.fence != null && this.fence.isPassed(now)) {
			this.signals.fenced(this);
			return;
		}
		long roundTrip = this.monitor.received(now);
		boolean answer = roundTrip != HeartbeatMonitor.NO_ANSWER;
		if (answer) {
			this.answered = true;
			this.observation.heartbeatAnswered(roundTrip);
		}
		boolean pong = message instanceof PongMessage;
		if (!this.proven && this.opened && (answer || (!pong && now - this.openedAt >= this.stableAfterNanos))) {
			this.proven = true;
			this.signals.proven(this);
		}
		if (!pong) {
			deliver(message, now);
		}
	}

	private void deliver(WebSocketMessage<?> piece, long now) {
		WebSocketMessage<?> message;
		try {
			message = this.assembler.add(piece);
		}
		catch (MessageTooLargeException ex) {
			tooLarge();
			return;
		}
		if (message == null) {
			return;
		}
		this.observation.messageReceived();
		PayloadLog.received(this.clientName, message);
		if (this.pongMatchers.isPong(message)) {
			return;
		}
		SessionInitialization initialization = this.initialization;
		if (initialization != null) {
			this.hooks.deliver(this, message, now, initialization);
			return;
		}
		this.hooks.deliver(this, message, now);
	}

	/**
	 * A message is larger than {@code max-message-size}.
	 */
	public void tooLarge() {
		this.signals.messageTooLarge(this);
	}

	/**
	 * The connection is lost, as a failed write or the container reports. Signalled after
	 * a short delay unless the container reports the end of the session first.
	 */
	public void lost(String message) {
		if (!this.lost.compareAndSet(false, true)) {
			return;
		}
		try {
			this.outbox.fail(Reason.CONNECTION_LOST);
			if (this.ended) {
				return;
			}
			Timer.Timeout report = this.resources.timer().schedule(new LossReport(this, message), LOSS_GRACE_NANOS);
			this.lossReport = report;
			if (this.ended) {
				report.cancel();
			}
		}
		catch (Throwable ex) {
			logger.debug("The loss of a connection is reported at once", ex);
			this.signals.failed(this, connectionLost(message));
		}
	}

	private static HeartbeatConnectionException connectionLost(String message) {
		return new HeartbeatConnectionException(Kind.CONNECTION_LOST, message, CloseStatus.NO_CLOSE_FRAME.getCode());
	}

	/**
	 * Stop delivery, the heartbeat monitor and sending. The socket is not touched.
	 * @param reason the reason that later sends are refused with
	 */
	public void end(Reason reason) {
		this.ended = true;
		this.outbox.refuse(reason);
		this.hooks.connectionEnded();
		this.monitor.stop();
		Timer.Timeout lossReport = this.lossReport;
		if (lossReport != null) {
			lossReport.cancel();
		}
	}

	/**
	 * Drop the socket on an executor. Unsent messages fail.
	 */
	public void abort() {
		this.closeDeadline = this.resources.ticker().nanoTime();
		this.closing = true;
		this.outbox.fail(Reason.CONNECTION_LOST);
		this.resources.aborts().execute(new Abort(this));
	}

	/**
	 * The time limit begins with the abort, not with its submission. While the abort
	 * waits for a thread the socket may be alive, and the client must not open another
	 * connection.
	 */
	private void runAbort() {
		this.abortingSince = this.resources.ticker().nanoTime();
		this.aborting = true;
		if (this.socketClosed.get()) {
			return;
		}
		Timer.Timeout timeout = scheduleEndOfAbort();
		boolean aborted = abortTransport();
		if (timeout != null) {
			timeout.cancel();
		}
		if (aborted) {
			socketClosedOnce();
		}
	}

	/**
	 * If the limit cannot be scheduled, the abort runs without one.
	 */
	private Timer.@Nullable Timeout scheduleEndOfAbort() {
		try {
			return this.resources.timer().schedule(new EndOfAbort(this), MAX_ABORT_NANOS);
		}
		catch (Throwable ex) {
			logger.debug("An abort is not bounded", ex);
			return null;
		}
	}

	/**
	 * Write the accepted messages and a close frame, and wait for the peer. The socket is
	 * dropped after {@code close-timeout}.
	 * @param status the status to send
	 * @param reason the reason that unwritten messages fail with
	 */
	public void closeGracefully(CloseStatus status, Reason reason) {
		if (this.closeTimeoutNanos == 0) {
			giveUpClosing(reason);
			return;
		}
		long deadline = closeBy();
		Timer.Timeout timeout = this.resources.timer().schedule(new CloseTimeout(this, reason), this.closeTimeoutNanos);
		this.outbox.finish(status, deadline, new CloseWritten(this, deadline, timeout, reason));
	}

	/**
	 * Wait until the container has closed the socket. The socket is dropped after
	 * {@code close-timeout}.
	 */
	public void awaitSocketClosed() {
		this.outbox.fail(Reason.CONNECTION_LOST);
		long deadline = closeBy();
		Timer.Timeout timeout = this.resources.timer()
			.schedule(new CloseTimeout(this, Reason.CONNECTION_LOST), this.closeTimeoutNanos);
		poll(deadline, timeout, FIRST_POLL_NANOS);
	}

	private long closeBy() {
		long deadline = this.resources.ticker().nanoTime() + this.closeTimeoutNanos;
		this.closeDeadline = deadline;
		this.closing = true;
		return deadline;
	}

	private void giveUpClosing(Reason reason) {
		this.outbox.fail(reason);
		abort();
	}

	private void poll(long deadline, Timer.Timeout timeout, long nextNanos) {
		if (this.socketClosed.get()) {
			return;
		}
		if (this.transport.isSocketClosed()) {
			timeout.cancel();
			socketClosedOnce();
			return;
		}
		if (deadline - this.resources.ticker().nanoTime() > 0) {
			this.resources.timer()
				.schedule(new Poll(this, deadline, timeout, Math.min(2 * nextNanos, MAX_POLL_NANOS)), nextNanos);
		}
	}

	/**
	 * Drop the socket on this thread. Used at shutdown.
	 */
	public void abortNow() {
		this.outbox.fail(Reason.CLOSED);
		abortTransport();
		socketClosedOnce();
	}

	/**
	 * Abort the transport.
	 * @return {@code false} if memory was exhausted, in which case {@link #checkClosing}
	 * repeats the abort
	 */
	private boolean abortTransport() {
		try {
			this.transport.abort();
			return true;
		}
		catch (OutOfMemoryError ex) {
			logger.debug("A connection is aborted again at a later check", ex);
			return false;
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Could not abort a connection", ex);
			return true;
		}
	}

	private void socketClosedOnce() {
		if (this.socketClosed.compareAndSet(false, true)) {
			this.signals.socketClosed(this);
		}
	}

	/**
	 * Return why an open client cannot have this connection, or {@code null} if it can.
	 */
	public @Nullable String violation() {
		if (this.ended) {
			return "OPEN though its connection has ended";
		}
		if (this.lost.get() || this.outbox.hasFailed()) {
			return "OPEN though its connection is lost";
		}
		return this.transport.isSocketClosed() ? "OPEN though its socket is closed" : null;
	}

	/**
	 * Resume lost writes and futures.
	 */
	public void check(long now) {
		this.outbox.check(now);
	}

	/**
	 * Arm the heartbeat timeout if it was lost.
	 */
	public void watchAgain(long now) {
		if (!isWatched(now)) {
			this.monitor.armAgain();
		}
	}

	/**
	 * Whether the heartbeat timeout is armed.
	 */
	public boolean isWatched(long now) {
		return this.monitor.isArmed(now);
	}

	/**
	 * Return when the heartbeat timeout is due.
	 */
	public long watchedUntil() {
		return this.monitor.dueAt();
	}

	/**
	 * Abort an ended connection unless closing has begun.
	 */
	public void ensureClosing() {
		if (!this.closing) {
			abort();
		}
	}

	/**
	 * Resume closing the socket of an ended connection.
	 * @return whether the socket is closed
	 */
	public boolean checkClosing(long now) {
		this.outbox.check(now);
		if (this.aborting) {
			if (Timeouts.isLost(this.abortingSince + MAX_ABORT_NANOS, now)) {
				abort();
			}
		}
		else if (!this.closing || Timeouts.isLost(this.closeDeadline, now)) {
			this.unabortedChecks++;
			if (this.unabortedChecks == 1 || LostTasks.isLost(this.unabortedChecks)) {
				abort();
			}
		}
		return this.socketClosed.get();
	}

	/**
	 * Close this connection from its session view.
	 */
	void closeFromView(CloseStatus status) {
		this.signals.closedByView(this, status);
	}

	/**
	 * Answers the callbacks of the outbox.
	 */
	private final class OutboxSignals implements Outbox.Signals {

		private final PingMessages pingMessages;

		OutboxSignals(PingMessages pingMessages) {
			this.pingMessages = pingMessages;
		}

		@Override
		public WebSocketMessage<?> heartbeatMessage() {
			return this.pingMessages.next((cause) -> Connection.this.signals.error(Connection.this, cause));
		}

		@Override
		public void heartbeatBegins() {
			Connection.this.monitor.writing();
		}

		@Override
		public void heartbeatWritten() {
			Connection.this.monitor.written();
			Connection.this.observation.heartbeatWritten();
		}

		@Override
		public void writeFailed() {
			lost("The connection was lost while writing");
		}

		@Override
		public void fenced() {
			Connection.this.signals.fenced(Connection.this);
		}

		@Override
		public void writeStuck() {
			Connection.this.signals.failed(Connection.this, new HeartbeatConnectionException(Kind.WRITE_TIMEOUT,
					"A write was stuck for send.timeout", CloseStatus.NO_CLOSE_FRAME.getCode()));
		}

	}

	/**
	 * Reports a loss that the container has not reported in time.
	 */
	private record LossReport(Connection connection, String message) implements Runnable {

		@Override
		public void run() {
			this.connection.signals.failed(this.connection, connectionLost(this.message));
		}

	}

	private record Abort(Connection connection) implements Runnable {

		@Override
		public void run() {
			this.connection.runAbort();
		}

	}

	private record EndOfAbort(Connection connection) implements Runnable {

		@Override
		public void run() {
			this.connection.socketClosedOnce();
		}

	}

	private record CloseTimeout(Connection connection, Reason reason) implements Runnable {

		@Override
		public void run() {
			this.connection.giveUpClosing(this.reason);
		}

	}

	/**
	 * Waits for the peer after the close frame was written.
	 */
	private record CloseWritten(Connection connection, long deadline, Timer.Timeout timeout,
			Reason reason) implements Runnable {

		@Override
		public void run() {
			this.connection.outbox.fail(this.reason);
			this.connection.poll(this.deadline, this.timeout, FIRST_POLL_NANOS);
		}

	}

	private record Poll(Connection connection, long deadline, Timer.Timeout timeout,
			long nextNanos) implements Runnable {

		@Override
		public void run() {
			this.connection.poll(this.deadline, this.timeout, this.nextNanos);
		}

	}

}
