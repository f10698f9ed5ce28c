package io.github.heartbeat.internal.container;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.Ticker;

/**
 * Replaces a container whose threads have died. An {@link OutOfMemoryError} ends the
 * threads of Tomcat's and of Jetty's client for good: no connection of that container
 * reads anything from then on, and no attempt is answered. Whether the threads run is
 * verified only where something has failed to arrive.
 */
public final class ContainerWatch {

	private static final EngineLog logger = EngineLog.of("io.github.heartbeat.HeartbeatClient");

	/** A verification that has not begun by then has lost its thread. */
	private static final long UNBEGUN_NANOS = TimeUnit.SECONDS.toNanos(2);

	/** A verification that takes longer has lost its thread. */
	private static final long UNENDED_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final ContainerSupport container;

	private final Executor executor;

	private final Ticker ticker;

	private final AtomicReference<Verification> verification = new AtomicReference<>(Verification.NONE);

	/** When the verification was submitted or began. */
	private volatile long since;

	private volatile boolean suspected;

	private volatile boolean dead;

	/**
	 * Create a watch.
	 * @param executor verifies and replaces the container, both of which block
	 */
	public ContainerWatch(ContainerSupport container, Executor executor, Ticker ticker) {
		this.container = container;
		this.executor = executor;
		this.ticker = ticker;
	}

	/**
	 * Something did not arrive, or the heap is exhausted: the threads of the container
	 * may have died.
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
	 * Have the container verified if there is a reason to.
	 */
	public void check() {
		if (!this.suspected) {
			return;
		}
		long now = this.ticker.nanoTime();
		Verification verification = this.verification.get();
		if (!isLost(verification, now - this.since)
				|| !this.verification.compareAndSet(verification, Verification.SUBMITTED)) {
			return;
		}
		this.since = now;
		this.executor.execute(this::verify);
	}

	private static boolean isLost(Verification verification, long nanos) {
		if (verification == Verification.NONE) {
			return true;
		}
		return nanos > ((verification == Verification.SUBMITTED) ? UNBEGUN_NANOS : UNENDED_NANOS);
	}

	/**
	 * What fails here for want of memory is repeated by the next check.
	 */
	private void verify() {
		if (!this.verification.compareAndSet(Verification.SUBMITTED, Verification.RUNNING)) {
			return;
		}
		try {
			this.since = this.ticker.nanoTime();
			this.suspected = false;
			if (this.container.isAlive()) {
				this.dead = false;
				return;
			}
			boolean replaced = this.container.replace() && this.container.isAlive();
			if (replaced) {
				logger.warn("The threads of the WebSocket container had died, as after an OutOfMemoryError; "
						+ "it was replaced, and its clients connect again");
			}
			else if (!this.dead) {
				logger.error("The threads of the WebSocket container have died, as after an OutOfMemoryError, "
						+ "and it cannot be replaced; restart the application");
			}
			this.dead = !replaced;
		}
		catch (Throwable ex) {
			this.suspected = true;
			logger.debug("The container could not be verified; the next check repeats it", ex);
		}
		finally {
			this.verification.set(Verification.NONE);
		}
	}

	private enum Verification {

		NONE, SUBMITTED, RUNNING

	}

}
