package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.internal.connect.ConnectLimiter;
import io.github.heartbeat.internal.connect.ConnectionAttempt;
import io.github.heartbeat.internal.connection.Connection;
import io.github.heartbeat.internal.hook.Hook;
import io.github.heartbeat.internal.observe.AttemptObservation;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The state of a client. A phase owns its resources, and {@link #leave()} releases all of
 * them. A signal whose sender does not belong to the current phase is stale. Guarded by
 * the lock of the state machine.
 */
abstract sealed class Phase {

	private static final EngineLog logger = EngineLog.of(Phase.class);

	private Timer.@Nullable Timeout timeout;

	private long dueAt;

	private @Nullable Hook owed;

	Phase() {
		this(0, null);
	}

	/**
	 * Create a phase.
	 * @param dueAt when it ends by timeout, known even if the timeout cannot be scheduled
	 * @param owed the hook that announces it, to be queued, or {@code null}
	 */
	Phase(long dueAt, @Nullable Hook owed) {
		this.dueAt = dueAt;
		this.owed = owed;
	}

	abstract HeartbeatClientState state();

	/**
	 * Schedule the timeout of this phase. It replaces an earlier one.
	 */
	final void schedule(EngineResources resources, long delayNanos, Runnable task) {
		cancelTimeout();
		this.dueAt = resources.ticker().nanoTime() + delayNanos;
		this.timeout = resources.timer().schedule(task, delayNanos);
	}

	/**
	 * Return when the timeout is due, in the time of the ticker.
	 */
	final long dueAt() {
		return this.dueAt;
	}

	/**
	 * Whether the phase has no timeout that will run.
	 */
	final boolean hasLostTimeout(long now) {
		return this.timeout == null || Timeouts.isLost(this.dueAt, now);
	}

	/**
	 * Return the hook that announces this phase until it is queued, then {@code null}.
	 */
	final @Nullable Hook owed() {
		return this.owed;
	}

	/**
	 * The hook that announces this phase was queued.
	 */
	void announced() {
		this.owed = null;
	}

	final void cancelTimeout() {
		Timer.Timeout timeout = this.timeout;
		this.timeout = null;
		Timeouts.cancel(timeout);
	}

	/**
	 * Release all resources of this phase, even if releasing one of them throws. No
	 * release depends on an allocation, which may fail when the heap is exhausted.
	 */
	void leave() {
		cancelTimeout();
	}

	/**
	 * Run an action that must not keep later ones from running.
	 */
	static void release(Runnable release) {
		try {
			release.run();
		}
		catch (Throwable ex) {
			logger.debug("A resource of a phase could not be released", ex);
		}
	}

	/**
	 * Closed, or never opened.
	 */
	static final class Stopped extends Phase {

		private final @Nullable Connection connection;

		private final CloseStatus status;

		private final boolean wasOpen;

		private final HeartbeatLeaseLostReason leaseLost;

		private boolean hooksDiscarded;

		private boolean owesClose;

		private boolean complete;

		/**
		 * Create the initial phase.
		 */
		Stopped() {
			this(null, false, false, CloseStatus.NORMAL, HeartbeatLeaseLostReason.STOPPED);
			this.complete = true;
		}

		/**
		 * Create a phase.
		 * @param connection the connection to close, or {@code null}
		 * @param wasOpen whether the client was open
		 * @param owesClose whether its close hook is to be queued
		 * @param status the status to close it with
		 * @param leaseLost why a lease goes back
		 */
		Stopped(@Nullable Connection connection, boolean wasOpen, boolean owesClose, CloseStatus status,
				HeartbeatLeaseLostReason leaseLost) {
			this.leaseLost = leaseLost;
			this.connection = connection;
			this.wasOpen = wasOpen;
			this.owesClose = owesClose;
			this.status = status;
		}

		@Nullable Connection connection() {
			return this.connection;
		}

		boolean wasOpen() {
			return this.wasOpen;
		}

		HeartbeatLeaseLostReason leaseLost() {
			return this.leaseLost;
		}

		CloseStatus status() {
			return this.status;
		}

		boolean areHooksDiscarded() {
			return this.hooksDiscarded;
		}

		/**
		 * The queued hooks that may not run after a close were discarded.
		 * @param unheard whether the open hook of the connection was among them
		 */
		void hooksDiscarded(boolean unheard) {
			this.hooksDiscarded = true;
			this.owesClose = this.owesClose && !unheard;
		}

		boolean owesClose() {
			return this.owesClose;
		}

		void closeAnnounced() {
			this.owesClose = false;
		}

		/**
		 * Whether all steps of the transition are done.
		 */
		boolean isComplete() {
			return this.complete;
		}

		void complete() {
			this.complete = true;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.STOPPED;
		}

	}

	/**
	 * An attempt waits until the socket of the previous connection is closed, then for
	 * its permit, and then runs until its deadline.
	 */
	static final class Connecting extends Phase {

		private final EngineResources resources;

		private ConnectLimiter.@Nullable Permit permit;

		private @Nullable ConnectionAttempt attempt;

		/** {@code null} if another phase owns it. */
		private @Nullable AttemptObservation observation;

		private String origin;

		private long beganAt;

		private long deadline;

		/**
		 * How long the attempt had run when its deadline was stopped, or {@code null}.
		 */
		private @Nullable Long ranNanos;

		Connecting(EngineResources resources, String origin) {
			this.resources = resources;
			this.origin = origin;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.CONNECTING;
		}

		/**
		 * Return the host and port that the attempt connects to.
		 */
		String origin() {
			return this.origin;
		}

		/**
		 * Change the origin. The permit for the previous one is returned.
		 */
		void changeOrigin(String origin) {
			this.origin = origin;
			releasePermit();
		}

		/**
		 * Stop the deadline while the attempt waits for its permit.
		 */
		void stopDeadline() {
			this.ranNanos = ranNanos();
			cancelTimeout();
		}

		boolean isDeadlineStopped() {
			return this.ranNanos != null;
		}

		/**
		 * Continue the deadline.
		 */
		void continueDeadline(Runnable timedOut) {
			long now = this.resources.ticker().nanoTime();
			long connectTimeoutNanos = this.deadline - this.beganAt;
			this.beganAt = now - ranNanos();
			this.deadline = this.beganAt + connectTimeoutNanos;
			this.ranNanos = null;
			schedule(this.resources, this.deadline - now, timedOut);
		}

		ConnectLimiter.@Nullable Permit permit() {
			return this.permit;
		}

		/**
		 * Own a permit, granted or queued.
		 */
		void setPermit(ConnectLimiter.@Nullable Permit permit) {
			this.permit = permit;
		}

		@Nullable ConnectionAttempt attempt() {
			return this.attempt;
		}

		/**
		 * Begin the attempt and its deadline.
		 */
		void begin(ConnectionAttempt attempt, long connectTimeoutNanos, Runnable timedOut) {
			cancelObservation();
			this.attempt = attempt;
			this.observation = attempt.observation();
			this.beganAt = this.resources.ticker().nanoTime();
			this.deadline = this.beganAt + connectTimeoutNanos;
			schedule(this.resources, connectTimeoutNanos, timedOut);
		}

		/**
		 * Return for how many nanoseconds the deadline is extended because the JVM was
		 * paused. 0 or less means that it is enforced now.
		 */
		long graceNanos() {
			return this.resources.pauseDetector().graceNanos(this.deadline, this.resources.ticker().nanoTime());
		}

		/**
		 * The attempt has ended and needs no cancellation.
		 */
		void attemptEnded() {
			this.attempt = null;
		}

		/**
		 * The next phase owns the observation of the attempt.
		 */
		void observationHandedOver() {
			this.observation = null;
		}

		void failObservation(HeartbeatConnectionException failure) {
			if (this.observation != null) {
				this.observation.failed(failure);
			}
		}

		private void cancelObservation() {
			AttemptObservation observation = this.observation;
			this.observation = null;
			if (observation != null) {
				observation.cancelled();
			}
		}

		/**
		 * Return how long the attempt has run, in nanoseconds, without its wait for
		 * another permit.
		 */
		long ranNanos() {
			return (this.ranNanos != null) ? this.ranNanos : this.resources.ticker().nanoTime() - this.beganAt;
		}

		private void releasePermit() {
			ConnectLimiter.Permit permit = this.permit;
			this.permit = null;
			if (permit != null) {
				try {
					permit.release();
				}
				catch (Throwable ex) {
					logger.debug("The client whose turn it is begins at its next check", ex);
				}
			}
		}

		/**
		 * If the attempt cannot be cancelled now, the next check of the connect queue
		 * cancels it.
		 */
		private void cancelAttempt() {
			ConnectionAttempt attempt = this.attempt;
			this.attempt = null;
			if (attempt != null) {
				try {
					this.resources.cancels().execute(attempt.cancellation());
				}
				catch (Throwable ex) {
					logger.debug("The attempt is cancelled at a later check", ex);
				}
			}
		}

		@Override
		void leave() {
			try {
				super.leave();
			}
			finally {
				try {
					releasePermit();
				}
				finally {
					try {
						cancelAttempt();
					}
					finally {
						cancelObservation();
					}
				}
			}
		}

	}

	/**
	 * The handshake is done, and the session initializer prepares the connection. The
	 * deadline of the attempt continues.
	 */
	static final class Initializing extends Phase {

		/** Has the times of the attempt. */
		private final Connecting connecting;

		private final ConnectionAttempt attempt;

		private final Connection connection;

		/**
		 * Create a phase.
		 * @param connecting the phase of the attempt
		 * @param attempt the attempt
		 * @param connection the connection that it made
		 * @param owed the hook that calls the initializer
		 */
		Initializing(Connecting connecting, ConnectionAttempt attempt, Connection connection, Hook owed) {
			super(connecting.deadline, owed);
			this.connecting = connecting;
			this.attempt = attempt;
			this.connection = connection;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.CONNECTING;
		}

		ConnectionAttempt attempt() {
			return this.attempt;
		}

		Connection connection() {
			return this.connection;
		}

		@Override
		void leave() {
			try {
				super.leave();
			}
			finally {
				this.attempt.observation().cancelled();
			}
		}

		void scheduleDeadline(Runnable timedOut) {
			EngineResources resources = this.connecting.resources;
			schedule(resources, Math.max(0, this.connecting.deadline - resources.ticker().nanoTime()), timedOut);
		}

		/**
		 * Return for how many nanoseconds the deadline is extended, see
		 * {@link Connecting#graceNanos()}.
		 */
		long graceNanos() {
			return this.connecting.graceNanos();
		}

		/**
		 * Return how long the attempt has run, in nanoseconds.
		 */
		long ranNanos() {
			return this.connecting.ranNanos();
		}

	}

	/**
	 * The client has a connection.
	 */
	static final class Open extends Phase {

		private final ConnectionAttempt attempt;

		private final Connection connection;

		private boolean announced;

		private boolean closeAnnounced;

		private boolean renewed;

		private boolean renewsToken;

		/**
		 * Create a phase.
		 * @param attempt the attempt that succeeded
		 * @param connection the connection that it made
		 */
		Open(ConnectionAttempt attempt, Connection connection) {
			this.attempt = attempt;
			this.connection = connection;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.OPEN;
		}

		ConnectionAttempt attempt() {
			return this.attempt;
		}

		Connection connection() {
			return this.connection;
		}

		/**
		 * Whether the connection is to be replaced after some time.
		 */
		boolean isRenewed() {
			return this.renewed;
		}

		/**
		 * Whether the access token is to be replaced with the connection.
		 */
		boolean renewsToken() {
			return this.renewsToken;
		}

		void renewed(boolean renewsToken) {
			this.renewed = true;
			this.renewsToken = renewsToken;
		}

		/**
		 * Whether the open hook was queued.
		 */
		boolean isAnnounced() {
			return this.announced;
		}

		@Override
		void announced() {
			this.announced = true;
		}

		/**
		 * Whether the close hook is still to be queued. Each open hook has exactly one.
		 */
		boolean owesClose() {
			return this.announced && !this.closeAnnounced;
		}

		void closeAnnounced() {
			this.closeAnnounced = true;
		}

	}

	/**
	 * A reconnect policy decides about the next attempt.
	 */
	static final class Deciding extends Phase {

		private final HeartbeatConnectionException cause;

		private final long failedAt;

		Deciding(HeartbeatConnectionException cause, long failedAt) {
			this.cause = cause;
			this.failedAt = failedAt;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.WAITING;
		}

		HeartbeatConnectionException cause() {
			return this.cause;
		}

		long failedAt() {
			return this.failedAt;
		}

	}

	/**
	 * The client waits for the next attempt.
	 */
	static final class Waiting extends Phase {

		/**
		 * Create a phase.
		 * @param dueAt when the next attempt begins
		 * @param owed the hook that announces it, or {@code null}
		 */
		Waiting(long dueAt, @Nullable Hook owed) {
			super(dueAt, owed);
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.WAITING;
		}

	}

	/**
	 * The client waits for its lease.
	 */
	static final class Standby extends Phase {

		private final long since;

		/**
		 * Create a phase.
		 * @param since when it began
		 */
		Standby(long since) {
			this.since = since;
		}

		long since() {
			return this.since;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.STANDBY;
		}

	}

	/**
	 * The client gave up reconnecting.
	 */
	static final class Exhausted extends Phase {

		/**
		 * Create a phase.
		 * @param owed the hook that announces it
		 */
		Exhausted(Hook owed) {
			super(0, owed);
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.EXHAUSTED;
		}

	}

}
