package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs that the operating system refuses to start threads: the first refusal, a summary
 * every minute, and the end of the shortage. Logs on the thread that was refused, because
 * no other thread may be available.
 */
final class ThreadShortageLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	static final long SUMMARY_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** How long no thread must be refused before the shortage counts as over. */
	static final long OVER_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final AtomicLong refusals = new AtomicLong();

	private final Ticker ticker;

	private volatile boolean shortage;

	private volatile long lastRefusal;

	private volatile long lastLine;

	ThreadShortageLog(Ticker ticker) {
		this.ticker = ticker;
	}

	/**
	 * Record that a thread could not be started.
	 */
	void refused() {
		long now = this.ticker.nanoTime();
		this.lastRefusal = now;
		long refusals = this.refusals.incrementAndGet();
		if (beginShortage()) {
			this.lastLine = now;
			logger.error("The operating system refuses to start threads for the clients; retrying");
		}
		else if (isSummaryDue(now)) {
			logger.error("The operating system still refuses to start threads for the clients, after " + refusals
					+ " refusals; retrying");
		}
	}

	private synchronized boolean beginShortage() {
		boolean begins = !this.shortage;
		this.shortage = true;
		return begins;
	}

	private synchronized boolean isSummaryDue(long now) {
		if (now - this.lastLine < SUMMARY_NANOS) {
			return false;
		}
		this.lastLine = now;
		return true;
	}

	/**
	 * Record that an executor accepted a task, on a new or an existing thread.
	 */
	void started() {
		if (this.shortage && this.ticker.nanoTime() - this.lastRefusal >= OVER_NANOS && endShortage()) {
			logger.info(
					"Threads can be started for the clients again, after " + this.refusals.getAndSet(0) + " refusals");
		}
	}

	private synchronized boolean endShortage() {
		boolean ended = this.shortage;
		this.shortage = false;
		return ended;
	}

}
