package io.github.heartbeat.internal.connection;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.hook.HookSource;
import io.github.heartbeat.internal.message.MessageAssembler;
import io.github.heartbeat.internal.message.MessageAssembler.MessageTooLargeException;
import io.github.heartbeat.internal.message.PayloadLog;
import io.github.heartbeat.internal.message.PingMessages;
import io.github.heartbeat.internal.observe.ClientObservation;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.LostTasks;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.internal.send.Outbox;
import io.github.heartbeat.internal.send.PendingSend;
import io.github.heartbeat.internal.send.SendBounds;
import io.github.heartbeat.internal.send.SendCompletions;
import io.github.heartbeat.internal.send.SendQueue;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * An attempt that succeeded: what is received, sent and watched between open and close.
 * Once ended it delivers nothing more, but its socket may need a while to go.
 */
public final class Connection implements HookSource {

	private static final EngineLog logger = EngineLog.of(Connection.class);

	private static final long FIRST_POLL_NANOS = 2_000_000;

	private static final long MAX_POLL_NANOS = 50_000_000;

	/** Only a container without an abort of its own can take this long. */
	private static final long MAX_ABORT_NANOS = 2_000_000_000;

	private final String clientName;

	/**
	 * How long the container has to report the end of a connection that an error
	 * announces: only that report has the close code of the server.
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

	private final @Nullable String pongMsg;

	private final long stableAfterNanos;

	private final long closeTimeoutNanos;

	private final long openedAt;

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

	/** When closing has taken as long as it may. */
	private volatile long closeDeadline;

	/** Whether the thread that aborts has begun. */
	private volatile boolean aborting;

	/** At how many checks in a row the abort had no thread; check thread only. */
	private int unabortedChecks;

	/**
	 * When the abort began. Written before {@link #aborting}.
	 */
	private volatile long abortingSince;

	public Connection(String clientName, Transport transport, HeartbeatClientSettings settings,
			PingMessages pingMessages, SendQueue offlineQueue, SendBounds bounds, SendCompletions completions,
			ConnectionSignals signals, ClientObservation observation, HookQueue hooks, EngineResources resources) {
		this.clientName = clientName;
		this.transport = transport;
		this.signals = signals;
		this.observation = observation;
		this.hooks = hooks;
		this.resources = resources;
		this.pongMsg = settings.getPongMsg();
		this.stableAfterNanos = settings.getStableAfter().toNanos();
		this.closeTimeoutNanos = settings.getCloseTimeout().toNanos();
		this.openedAt = resources.ticker().nanoTime();
		this.assembler = new MessageAssembler(settings.getMaxMessageSize().toBytes());
		this.outbox = new Outbox(clientName, settings, offlineQueue, bounds, completions, transport,
				new OutboxSignals(pingMessages), resources);
		this.monitor = new HeartbeatMonitor(settings, resources, hooks, this.outbox::requestHeartbeat,
				() -> signals.heartbeatTimedOut(this));
		this.view = new SessionView(this, transport.session());
	}

	/**
	 * Begin to watch. Called when the open hook is in the queue.
	 */
	public void start() {
		this.monitor.start();
	}

	public WebSocketSession view() {
		return this.view;
	}

	/**
	 * Queue a message. What the open hook sends on its own thread goes ahead of
	 * everything that waits.
	 * @return why not, or {@code null} if it is queued and its future will end
	 */
	public @Nullable Reason offer(PendingSend send) {
		return isOpenHookThread() ? this.outbox.offerFromOpenHook(send) : this.outbox.offer(send);
	}

	/**
	 * Return a message as it can be offered.
	 */
	PendingSend pendingSend(WebSocketMessage<?> message) {
		return new PendingSend(this.clientName, message, this.observation);
	}

	/**
	 * The open hook begins on this thread.
	 */
	public void openHookBegins() {
		this.openHookThread = Thread.currentThread();
	}

	/**
	 * The open hook is over.
	 */
	public void openHookEnds() {
		this.openHookThread = null;
		this.outbox.openHookEnded();
	}

	public boolean isOpenHookThread() {
		return this.openHookThread == Thread.currentThread();
	}

	@Override
	public boolean hasEnded() {
		return this.ended;
	}

	/**
	 * Whether an error announced the end: the container may leave the socket to itself.
	 */
	public boolean isBroken() {
		return this.lost.get();
	}

	/**
	 * Return when something was received last, or {@code null} if nothing was.
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
	 * Take what the container has read: a message, a piece of one or a pong. Called on
	 * its thread.
	 */
	public void received(WebSocketMessage<?> message) {
		if (this.ended) {
			return;
		}
		long now = this.resources.ticker().nanoTime();
		long roundTrip = this.monitor.received(now);
		boolean answer = roundTrip != HeartbeatMonitor.NO_ANSWER;
		if (answer) {
			this.answered = true;
			this.observation.heartbeatAnswered(roundTrip);
		}
		boolean pong = message instanceof PongMessage;
		if (!this.proven && (answer || (!pong && now - this.openedAt >= this.stableAfterNanos))) {
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
		if (this.pongMsg != null && message instanceof TextMessage text && this.pongMsg.equals(text.getPayload())) {
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
	 * The connection broke, as a write or the container reports. Passed on if the
	 * container does not report its end first.
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
			Timer.Timeout report = this.resources.timer()
				.schedule(() -> this.signals.failed(this, connectionLost(message)), LOSS_GRACE_NANOS);
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
	 * Deliver, watch and accept nothing any more. The socket is not touched.
	 * @param reason what the senders of messages accepted from now on are told
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
	 * Drop the socket. What is unsent fails.
	 */
	public void abort() {
		this.closeDeadline = this.resources.ticker().nanoTime();
		this.closing = true;
		this.outbox.fail(Reason.CONNECTION_LOST);
		this.resources.aborts().execute(this::runAbort);
	}

	/**
	 * The bound on the abort begins when the abort does: while it waits for its thread,
	 * the socket may be alive, and no other connection of the client may be opened beside
	 * it.
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
	 * An abort that is not bounded is still better than none.
	 */
	private Timer.@Nullable Timeout scheduleEndOfAbort() {
		try {
			return this.resources.timer().schedule(this::socketClosedOnce, MAX_ABORT_NANOS);
		}
		catch (Throwable ex) {
			logger.debug("An abort is not bounded", ex);
			return null;
		}
	}

	/**
	 * Write what was accepted and a close frame, wait for the peer, and drop the socket
	 * when that has taken {@code close-timeout}.
	 * @param status the status to send
	 * @param reason what the senders of messages are told that could not be written
	 */
	public void closeGracefully(CloseStatus status, Reason reason) {
		if (this.closeTimeoutNanos == 0) {
			giveUpClosing(reason);
			return;
		}
		long deadline = closeBy();
		Timer.Timeout timeout = this.resources.timer().schedule(() -> giveUpClosing(reason), this.closeTimeoutNanos);
		this.outbox.finish(status, deadline, () -> {
			this.outbox.fail(reason);
			poll(deadline, timeout, FIRST_POLL_NANOS);
		});
	}

	/**
	 * Wait for the socket that the container is closing, and drop it if that takes
	 * {@code close-timeout}.
	 */
	public void awaitSocketClosed() {
		this.outbox.fail(Reason.CONNECTION_LOST);
		long deadline = closeBy();
		Timer.Timeout timeout = this.resources.timer().schedule(this::abort, this.closeTimeoutNanos);
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
				.schedule(() -> poll(deadline, timeout, Math.min(2 * nextNanos, MAX_POLL_NANOS)), nextNanos);
		}
	}

	/**
	 * Drop the socket on this thread. For the end of everything.
	 */
	public void abortNow() {
		this.outbox.fail(Reason.CLOSED);
		abortTransport();
		socketClosedOnce();
	}

	/**
	 * Return whether the link was aborted as far as that is possible. What fails for want
	 * of memory is tried again by {@link #checkClosing}.
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
	 * Return why this cannot be the connection of an open client, or {@code null}.
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
	 * Continue what was lost: a write, or the end of futures.
	 */
	public void check(long now) {
		this.outbox.check(now);
	}

	/**
	 * Watch again, if the timeout was lost.
	 */
	public void watchAgain(long now) {
		if (!isWatched(now)) {
			this.monitor.armAgain();
		}
	}

	/**
	 * Whether a timeout watches the heartbeats.
	 */
	public boolean isWatched(long now) {
		return this.monitor.isArmed(now);
	}

	/**
	 * Return when the timeout of the heartbeats is due.
	 */
	public long watchedUntil() {
		return this.monitor.dueAt();
	}

	/**
	 * Close the socket of a connection that has ended, if nothing else does yet.
	 */
	public void ensureClosing() {
		if (!this.closing) {
			abort();
		}
	}

	/**
	 * Continue to close the socket of a connection that has ended.
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
		public void writeStuck() {
			Connection.this.signals.failed(Connection.this, new HeartbeatConnectionException(Kind.WRITE_TIMEOUT,
					"A write was stuck for send.timeout", CloseStatus.NO_CLOSE_FRAME.getCode()));
		}

	}

}
