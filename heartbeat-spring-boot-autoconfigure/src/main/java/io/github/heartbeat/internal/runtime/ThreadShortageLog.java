package io.github.heartbeat.internal.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs that the operating system refuses to start threads: the first refusal, a summary a
 * minute, and the end. Written on the thread that was refused, for there may be no other.
 */
final class ThreadShortageLog {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	static final long SUMMARY_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** How long no thread may be refused before the shortage is over. */
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
	 * A thread could not be started.
	 */
	void refused() {
		long now = this.ticker.nanoTime();
		this.lastRefusal = now;
		long refusals = this.refusals.incrementAndGet();
		if (beginsNow()) {
			this.lastLine = now;
			logger.error("The operating system starts no more threads for the clients; trying again");
		}
		else if (isSummaryDue(now)) {
			logger.error("The operating system still starts no more threads for the clients, after " + refusals
					+ " refusals; trying again");
		}
	}

	private synchronized boolean beginsNow() {
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
	 * A task was handed over, perhaps to a thread that there was already.
	 */
	void started() {
		if (this.shortage && this.ticker.nanoTime() - this.lastRefusal >= OVER_NANOS && ends()) {
			logger.info(
					"Threads can be started for the clients again, after " + this.refusals.getAndSet(0) + " refusals");
		}
	}

	private synchronized boolean ends() {
		boolean ends = this.shortage;
		this.shortage = false;
		return ends;
	}

}
