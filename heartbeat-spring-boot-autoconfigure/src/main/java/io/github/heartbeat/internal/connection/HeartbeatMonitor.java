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
 * Asks for a heartbeat when a connection is quiet and notices that none is answered.
 * <p>
 * A receipt is a volatile write of its time and no operation on the timer. One timeout
 * per connection looks at that time when it is due and is armed again for what is left.
 * The pong clock starts when the heartbeat has been written, runs from the request while
 * the write is stuck, and stands still while a hook of the client runs: the container
 * then cannot bring the answer.
 */
final class HeartbeatMonitor {

	/** What was received answers no heartbeat. */
	static final long NO_ANSWER = -1;

	/** The connection is dead and is not checked again. */
	private static final long DEAD = -1;

	/** How soon to look again while a hook holds the clock just before its end. */
	private static final long MIN_CHECK_NANOS = 25_000_000;

	private final long pingTimeoutNanos;

	private final long pongTimeoutNanos;

	private final Ticker ticker;

	private final Timer timer;

	private final PauseDetector pauseDetector;

	private final HookQueue hooks;

	private final Runnable sendHeartbeat;

	private final Runnable timedOut;

	private volatile long lastReceipt;

	/** Seen by whoever sees the last receipt. */
	private boolean receivedAnything;

	/** Whether the next receipt answers a heartbeat. */
	private volatile boolean onTheWire;

	/** When the heartbeat went on the wire that the next receipt answers. */
	private volatile long onTheWireSince;

	private volatile boolean stopped;

	/** Whether the heartbeat is written whose answer is waited for. */
	private volatile boolean written;

	/** When it was; seen by whoever sees that it is. */
	private long writtenAt;

	private volatile @Nullable Timeout timeout;

	/** When the timeout is due. Written before it is scheduled. */
	private volatile long dueAt;

	/** Whether a heartbeat was asked for and not answered yet; timer thread only. */
	private boolean waiting;

	/** When the heartbeat was asked for whose answer is waited for; timer thread only. */
	private long requestedAt;

	/** When a heartbeat was asked for last; timer thread only. */
	private long lastHeartbeatAt;

	HeartbeatMonitor(HeartbeatClientSettings settings, EngineResources resources, HookQueue hooks,
			Runnable sendHeartbeat, Runnable timedOut) {
		this.pingTimeoutNanos = settings.getPingTimeout().toNanos();
		this.pongTimeoutNanos = settings.getPongTimeout().toNanos();
		this.ticker = resources.ticker();
		this.timer = resources.timer();
		this.pauseDetector = resources.pauseDetector();
		this.hooks = hooks;
		this.sendHeartbeat = sendHeartbeat;
		this.timedOut = timedOut;
		this.lastReceipt = this.ticker.nanoTime();
	}

	void start() {
		arm(this.pingTimeoutNanos);
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
	 * Note a receipt.
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
	 * Return when something was received last, or {@code null} if nothing was.
	 */
	@Nullable Long lastReceived() {
		long lastReceipt = this.lastReceipt;
		return this.receivedAnything ? Long.valueOf(lastReceipt) : null;
	}

	/**
	 * A heartbeat is about to be written: what is received from now on answers it, even
	 * before the write has returned.
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
	 * The next timeout is armed whatever goes wrong in between: a request that failed is
	 * repeated then, or the connection is found dead.
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
	 * Do what is due.
	 * @return how soon to check again, or {@link #DEAD}
	 */
	private long checkNow(long now) {
		this.hooks.warnIfLong(now);
		if (this.waiting && this.lastReceipt - this.requestedAt >= 0) {
			this.waiting = false;
			this.hooks.stopTiming();
		}
		if (this.waiting) {
			return awaitAnswer(now);
		}
		long left = this.pingTimeoutNanos - (now - this.lastReceipt);
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
		return untilAnswer(now, this.pongTimeoutNanos);
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
		if (now - this.lastHeartbeatAt >= this.pingTimeoutNanos && this.hooks.isBusy()) {
			sendHeartbeat(now);
		}
		return untilAnswer(now, (busy > 0) ? Math.max(left, MIN_CHECK_NANOS) : left);
	}

	/**
	 * While a hook keeps the answer from being read, heartbeats go on: the peer must not
	 * take us for dead.
	 */
	private void sendHeartbeat(long now) {
		this.lastHeartbeatAt = now;
		this.sendHeartbeat.run();
	}

	/**
	 * Look at the end of the pong clock, but not too late for the next heartbeat: should
	 * this one be answered right now, or should a hook run by then.
	 */
	private long untilAnswer(long now, long leftNanos) {
		long untilNext = this.pingTimeoutNanos - (now - this.lastHeartbeatAt);
		return Math.min(leftNanos, (untilNext > 0) ? untilNext : this.pingTimeoutNanos);
	}

	/**
	 * Whether a timeout is armed, and not overdue for so long that it must be lost.
	 */
	boolean isArmed(long now) {
		return this.timeout != null && !Timeouts.isLost(this.dueAt, now);
	}

	/**
	 * Return when the timeout that is armed is due.
	 */
	long dueAt() {
		return this.dueAt;
	}

	/**
	 * Arm a timeout for one that was lost.
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
