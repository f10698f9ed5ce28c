package io.github.heartbeat.internal.container;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.Ticker;

/**
 * Replaces a container whose threads have died. An {@link OutOfMemoryError} permanently
 * ends the threads of Tomcat's and of Jetty's client. The connections of that container
 * no longer read anything, and no connection attempt completes. The threads are verified
 * only after an expected event did not occur.
 */
public final class ContainerWatch {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	/** A verification that has not started after this time has lost its thread. */
	private static final long MAX_SUBMITTED_NANOS = TimeUnit.SECONDS.toNanos(2);

	/** A verification that runs longer than this has lost its thread. */
	private static final long MAX_RUNNING_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final ContainerSupport container;

	private final Executor executor;

	private final Ticker ticker;

	private final Runnable verify = this::verify;

	private final AtomicReference<Verification> verification = new AtomicReference<>(Verification.NONE);

	/** When the verification was submitted or started. */
	private volatile long since;

	private volatile boolean suspected;

	/** Whether the first verification has begun. */
	private volatile boolean rehearsed;

	private volatile boolean dead;

	/**
	 * Create a watch.
	 * @param executor runs the verification and the replacement, which both block
	 */
	public ContainerWatch(ContainerSupport container, Executor executor, Ticker ticker) {
		this.container = container;
		this.executor = executor;
		this.ticker = ticker;
	}

	/**
	 * Request a verification, because an expected event did not occur or the heap is
	 * exhausted. The threads of the container may have died.
	 */
	public void suspect() {
		this.suspected = true;
	}

	/**
	 * Whether the threads of the container have died and it could not be replaced.
	 */
	public boolean isDead() {
		return this.dead;
	}

	/**
	 * Submit a verification if one was requested or none has taken place yet. Never
	 * blocks.
	 * <p>
	 * The first verification initializes the classes that a verification uses, those of
	 * the JDK included. In an exhausted heap their static initializers would fail, which
	 * makes them unusable until the JVM ends. Unless it was requested, its result does
	 * not matter.
	 */
	public void check() {
		if (!this.suspected && this.rehearsed) {
			return;
		}
		long now = this.ticker.nanoTime();
		Verification verification = this.verification.get();
		if (!isLost(verification, now - this.since)
				|| !this.verification.compareAndSet(verification, Verification.SUBMITTED)) {
			return;
		}
		this.since = now;
		this.executor.execute(this.verify);
	}

	private static boolean isLost(Verification verification, long nanos) {
		if (verification == Verification.NONE) {
			return true;
		}
		return nanos > ((verification == Verification.SUBMITTED) ? MAX_SUBMITTED_NANOS : MAX_RUNNING_NANOS);
	}

	/**
	 * If memory runs out here, the next check repeats the verification.
	 */
	private void verify() {
		if (!this.verification.compareAndSet(Verification.SUBMITTED, Verification.RUNNING)) {
			return;
		}
		boolean suspected = this.suspected;
		try {
			this.since = this.ticker.nanoTime();
			this.rehearsed = true;
			if (!suspected) {
				this.container.isAlive();
				return;
			}
			this.suspected = false;
			if (this.container.isAlive()) {
				this.dead = false;
				return;
			}
			boolean replaced = this.container.replace() && this.container.isAlive();
			if (replaced) {
				logger.warn("The threads of the WebSocket container died, for example after an OutOfMemoryError; "
						+ "the container was replaced and its clients reconnect");
			}
			else if (!this.dead) {
				logger.error("The threads of the WebSocket container died, for example after an OutOfMemoryError, "
						+ "and the container cannot be replaced; restart the application");
			}
			this.dead = !replaced;
		}
		catch (Throwable ex) {
			this.suspected |= suspected;
			logger.debug("Failed to verify the container; retrying at the next check", ex);
		}
		finally {
			this.verification.set(Verification.NONE);
		}
	}

	private enum Verification {

		NONE, SUBMITTED, RUNNING

	}

}
