package io.github.heartbeat.client;

import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * What a client is doing. A phase owns what it waits for, and {@link #leave()} releases
 * all of it. A signal whose sender does not belong to the current phase is stale. Used
 * under the lock of the state machine.
 */
abstract sealed class Phase {

	/** How long a timeout may be overdue before it counts as lost. */
	static final long LOST_NANOS = 1_000_000_000;

	private static final EngineLog logger = EngineLog.of(Phase.class);

	private Timer.@Nullable Timeout timeout;

	private long dueAt;

	Phase() {
		this(0);
	}

	/**
	 * Create a phase that ends by itself.
	 * @param dueAt when, even if its timeout cannot be scheduled
	 */
	Phase(long dueAt) {
		this.dueAt = dueAt;
	}

	abstract HeartbeatClientState state();

	/**
	 * Schedule the end of this phase, and cancel the one that was scheduled before.
	 */
	final void schedule(EngineResources resources, long delayNanos, Runnable task) {
		cancelTimeout();
		this.dueAt = resources.ticker().nanoTime() + delayNanos;
		this.timeout = resources.timer().schedule(task, delayNanos);
	}

	/**
	 * Return when the timeout is due.
	 */
	final long dueAt() {
		return this.dueAt;
	}

	/**
	 * Whether no timeout will end this phase.
	 */
	final boolean hasLostTimeout(long now) {
		return this.timeout == null || now - this.dueAt > LOST_NANOS;
	}

	final void cancelTimeout() {
		Timer.Timeout timeout = this.timeout;
		this.timeout = null;
		if (timeout != null) {
			try {
				timeout.cancel();
			}
			catch (Throwable ex) {
				logger.debug("A timeout could not be cancelled", ex);
			}
		}
	}

	/**
	 * Release what this phase owns, all of it even where this throws. It allocates
	 * nothing that could keep a resource when the heap is exhausted.
	 */
	void leave() {
		cancelTimeout();
	}

	/**
	 * A resource that cannot be released must not keep the others.
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

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.STOPPED;
		}

	}

	/**
	 * An attempt waits for the socket of the connection before, then for its permit, and
	 * then runs until its deadline.
	 */
	static final class Connecting extends Phase {

		private final EngineResources resources;

		private OriginGates.@Nullable Place permit;

		private @Nullable ConnectionAttempt attempt;

		private String origin;

		private long beganAt;

		/** How much of the deadline was left when the attempt began to wait. */
		private long leftNanos;

		Connecting(EngineResources resources, String origin) {
			this.resources = resources;
			this.origin = origin;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.CONNECTING;
		}

		/**
		 * Where the attempt connects to.
		 */
		String origin() {
			return this.origin;
		}

		/**
		 * Connect to another origin: the permit for this one is given back.
		 */
		void changeOrigin(String origin) {
			this.origin = origin;
			releasePermit();
		}

		/**
		 * Stop the deadline while the attempt waits for its permit.
		 */
		void stopDeadline() {
			long now = this.resources.ticker().nanoTime();
			this.leftNanos = dueAt() - now;
			this.beganAt = now - this.beganAt;
			cancelTimeout();
		}

		/**
		 * Continue the deadline.
		 */
		void continueDeadline(Runnable timedOut) {
			this.beganAt = this.resources.ticker().nanoTime() - this.beganAt;
			schedule(this.resources, this.leftNanos, timedOut);
		}

		OriginGates.@Nullable Place permit() {
			return this.permit;
		}

		/**
		 * Hold a permit, or a place in the queue for one.
		 */
		void hold(OriginGates.@Nullable Place permit) {
			this.permit = permit;
		}

		@Nullable ConnectionAttempt attempt() {
			return this.attempt;
		}

		void begin(ConnectionAttempt attempt, long now) {
			this.attempt = attempt;
			this.beganAt = now;
		}

		/**
		 * The attempt has ended by itself and needs no cancellation.
		 */
		void attemptEnded() {
			this.attempt = null;
		}

		long beganAt() {
			return this.beganAt;
		}

		private void releasePermit() {
			OriginGates.Place permit = this.permit;
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
		 * An attempt that cannot be cancelled now is cancelled by the next check of the
		 * connect queue.
		 */
		private void cancelAttempt() {
			ConnectionAttempt attempt = this.attempt;
			this.attempt = null;
			if (attempt != null) {
				release(() -> this.resources.cancels().execute(attempt::cancel));
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
					cancelAttempt();
				}
			}
		}

	}

	/**
	 * There is a connection.
	 */
	static final class Open extends Phase {

		private final Connection connection;

		private boolean announced;

		private boolean closeAnnounced;

		Open(Connection connection) {
			this.connection = connection;
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.OPEN;
		}

		Connection connection() {
			return this.connection;
		}

		/**
		 * Whether the open hook is in the queue.
		 */
		boolean isAnnounced() {
			return this.announced;
		}

		void announced() {
			this.announced = true;
		}

		/**
		 * Whether a close hook is owed: each open hook has exactly one.
		 */
		boolean owesClose() {
			return this.announced && !this.closeAnnounced;
		}

		void closeAnnounced() {
			this.closeAnnounced = true;
		}

	}

	/**
	 * A reconnect policy is being asked.
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
	 * The next attempt is scheduled.
	 */
	static final class Waiting extends Phase {

		Waiting(long dueAt) {
			super(dueAt);
		}

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.WAITING;
		}

	}

	/**
	 * It gave up.
	 */
	static final class Exhausted extends Phase {

		@Override
		HeartbeatClientState state() {
			return HeartbeatClientState.EXHAUSTED;
		}

	}

}
