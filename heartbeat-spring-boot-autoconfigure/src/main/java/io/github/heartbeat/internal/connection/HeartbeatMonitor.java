package io.github.heartbeat.internal.connection;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.internal.hook.HookQueue;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.PauseDetector;
import io.github.heartbeat.internal.runtime.Ticker;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer;
import io.github.heartbeat.internal.runtime.Timer.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Requests a heartbeat when nothing is received for {@code ping-timeout}, and detects
 * that none is answered within {@code pong-timeout}.
 * <p>
 * A receipt only writes its time to a volatile field. One timeout per connection compares
 * that time when it is due, and is armed again for the rest. The pong clock starts when
 * the heartbeat is written, or at its request if the write is blocked. It stops while a
 * hook of the client runs, because the container cannot deliver the answer then.
 */
final class HeartbeatMonitor {

	/** The receipt is not the answer to a heartbeat. */
	static final long NO_ANSWER = -1;

	/** The connection is dead and is not checked again. */
	private static final long DEAD = -1;

	/** Minimum delay between checks while a hook stops the pong clock. */
	private static final long MIN_CHECK_NANOS = 25_000_000;

	/**
	 * Longest time that a dead peer is detected later to save a timeout. With short
	 * timeouts it is a hundredth of them.
	 */
	private static final long MAX_LATENESS_NANOS = 10_000_000;

	private final long pingTimeoutNanos;

	/** Whether heartbeats are sent whatever is received. */
	private final boolean pingAlways;

	private final long pongTimeoutNanos;

	private final Ticker ticker;

	private final Timer timer;

	private final PauseDetector pauseDetector;

	private final HookQueue hooks;

	private final Runnable sendHeartbeat;

	private final Runnable timedOut;

	private volatile long lastReceipt;

	/** Whether anything was received. Published by the write of the last receipt. */
	private boolean receivedAnything;

	/** Whether the next receipt answers a heartbeat. */
	private volatile boolean onTheWire;

	/** When the heartbeat went on the wire that the next receipt answers. */
	private volatile long onTheWireSince;

	private volatile boolean stopped;

	/** Whether the heartbeat that awaits its answer is written. */
	private volatile boolean written;

	/** When the heartbeat was written. Published by {@link #written}. */
	private long writtenAt;

	private volatile @Nullable Timeout timeout;

	/** When the timeout is due. Written before it is scheduled. */
	private volatile long dueAt;

	/** Whether a heartbeat was requested and not answered yet. Timer thread only. */
	private boolean waiting;

	/** When the heartbeat that awaits its answer was requested. Timer thread only. */
	private long requestedAt;

	/**
	 * When the last heartbeat was requested, at first the time of the open. Timer thread
	 * only, once started.
	 */
	private long lastHeartbeatAt;

	/**
	 * Twice the time from the last heartbeat to its answer, limited. The answer to the
	 * next heartbeat is likely to arrive within this time. Timer thread only.
	 */
	private long answerNanos;

	HeartbeatMonitor(HeartbeatClientSettings settings, EngineResources resources, HookQueue hooks,
			Runnable sendHeartbeat, Runnable timedOut) {
		this.pingTimeoutNanos = settings.getPingTimeout().toNanos();
		this.pingAlways = settings.isPingAlways();
		this.pongTimeoutNanos = settings.getPongTimeout().toNanos();
		this.ticker = resources.ticker();
		this.timer = resources.timer();
		this.pauseDetector = resources.pauseDetector();
		this.hooks = hooks;
		this.sendHeartbeat = sendHeartbeat;
		this.timedOut = timedOut;
		this.lastReceipt = this.ticker.nanoTime();
		this.lastHeartbeatAt = this.lastReceipt;
	}

	/**
	 * Start when the client is open. The last receipt may have been before that.
	 */
	void start() {
		long now = this.ticker.nanoTime();
		this.lastHeartbeatAt = now;
		arm(this.pingAlways ? this.pingTimeoutNanos : Math.max(0, this.pingTimeoutNanos - (now - this.lastReceipt)));
	}

	void stop() {
		this.stopped = true;
		Timeout timeout = this.timeout;
		if (timeout != null) {
			timeout.cancel();
		}
		this.hooks.stopTiming();
	}

	/**
	 * Record a receipt.
	 * @param now the time
	 * @return the round trip of the heartbeat that it answers, or {@link #NO_ANSWER}
	 */
	long received(long now) {
		this.receivedAnything = true;
		this.lastReceipt = now;
		if (!this.onTheWire) {
			return NO_ANSWER;
		}
		this.onTheWire = false;
		return Math.max(0, now - this.onTheWireSince);
	}

	/**
	 * Return the time of the last receipt, or {@code null} if there was none.
	 */
	@Nullable Long lastReceived() {
		long lastReceipt = this.lastReceipt;
		return this.receivedAnything ? Long.valueOf(lastReceipt) : null;
	}

	/**
	 * A heartbeat is about to be written. A receipt from now on answers it, even before
	 * the write has returned.
	 */
	void writing() {
		this.onTheWireSince = this.ticker.nanoTime();
		this.onTheWire = true;
	}

	/**
	 * The heartbeat has been written.
	 */
	void written() {
		long now = this.ticker.nanoTime();
		if (this.onTheWire) {
			this.onTheWireSince = now;
		}
		if (!this.written && !this.stopped) {
			this.writtenAt = now;
			this.written = true;
			this.hooks.startTiming();
		}
	}

	/**
	 * The next timeout is armed even if this check throws. It repeats a failed request or
	 * detects the dead connection.
	 */
	private void check() {
		if (this.stopped) {
			return;
		}
		long next = MIN_CHECK_NANOS;
		try {
			next = checkNow(this.ticker.nanoTime());
		}
		finally {
			if (next != DEAD) {
				arm(next);
			}
		}
	}

	/**
	 * Request a heartbeat or detect a timeout, if due.
	 * @return the delay until the next check, in nanoseconds, or {@link #DEAD}
	 */
	private long checkNow(long now) {
		this.hooks.warnIfLong(now);
		if (this.waiting && this.lastReceipt - this.requestedAt >= 0) {
			this.waiting = false;
			this.answerNanos = Math.min(2 * (this.lastReceipt - this.requestedAt),
					Math.min(this.pingTimeoutNanos / 100, MAX_LATENESS_NANOS));
			this.hooks.stopTiming();
		}
		if (this.waiting) {
			return awaitAnswer(now);
		}
		long left = this.pingTimeoutNanos - (now - (this.pingAlways ? this.lastHeartbeatAt : this.lastReceipt));
		if (left > 0) {
			return left;
		}
		this.waiting = true;
		this.requestedAt = now;
		this.written = false;
		this.hooks.startTiming();
		boolean requested = false;
		try {
			sendHeartbeat(now);
			requested = true;
		}
		finally {
			this.waiting = requested;
		}
		long untilAnswer = untilAnswer(now, this.pongTimeoutNanos);
		return isNextHeartbeatSoonAfter(untilAnswer) ? untilAnswer + this.answerNanos : untilAnswer;
	}

	/**
	 * Whether an answer to the heartbeat that was just requested makes the next heartbeat
	 * due so soon after the next check that one timeout does for both.
	 */
	private boolean isNextHeartbeatSoonAfter(long untilAnswer) {
		return !this.pingAlways && untilAnswer == this.pingTimeoutNanos;
	}

	private long awaitAnswer(long now) {
		long waitingSince = this.written ? this.writtenAt : this.requestedAt;
		long busy = this.hooks.busyNanos();
		long left = this.pongTimeoutNanos - (now - waitingSince - busy);
		if (left <= 0) {
			long grace = this.pauseDetector.graceNanos(now + left, now);
			if (grace > 0) {
				return grace;
			}
			this.timedOut.run();
			return DEAD;
		}
		if (now - this.lastHeartbeatAt >= this.pingTimeoutNanos && (this.pingAlways || this.hooks.isBusy())) {
			sendHeartbeat(now);
		}
		return untilAnswer(now, (busy > 0) ? Math.max(left, MIN_CHECK_NANOS) : left);
	}

	/**
	 * Heartbeats are sent while a hook delays reading the answer, so that the peer does
	 * not consider this side dead.
	 */
	private void sendHeartbeat(long now) {
		this.lastHeartbeatAt = now;
		this.sendHeartbeat.run();
	}

	/**
	 * Check when the pong clock ends, but no later than the next heartbeat is due. The
	 * heartbeat may be answered now, and a hook may run by then.
	 */
	private long untilAnswer(long now, long leftNanos) {
		long untilNext = this.pingTimeoutNanos - (now - this.lastHeartbeatAt);
		return Math.min(leftNanos, (untilNext > 0) ? untilNext : this.pingTimeoutNanos);
	}

	/**
	 * Whether a timeout is armed and not lost.
	 */
	boolean isArmed(long now) {
		return this.timeout != null && !Timeouts.isLost(this.dueAt, now);
	}

	/**
	 * Return when the armed timeout is due.
	 */
	long dueAt() {
		return this.dueAt;
	}

	/**
	 * Arm the timeout again after it was lost.
	 */
	void armAgain() {
		if (!this.stopped) {
			arm(MIN_CHECK_NANOS);
		}
	}

	private void arm(long delayNanos) {
		this.dueAt = this.ticker.nanoTime() + delayNanos;
		Timeout timeout = this.timer.schedule(this::check, delayNanos);
		this.timeout = timeout;
		if (this.stopped) {
			timeout.cancel();
		}
	}

}
