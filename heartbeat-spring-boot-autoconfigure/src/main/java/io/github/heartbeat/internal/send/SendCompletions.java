package io.github.heartbeat.internal.send;

import java.util.concurrent.atomic.AtomicReference;

import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.LostTasks;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of messages, written or not, on a separate executor: user code
 * runs neither on the writing thread nor under a lock. The writing thread submits futures
 * when it has no more messages to write, or in batches, because waking another thread
 * costs as much as a write. A future that a thread waits for delays no other future,
 * because its dependent stage can wait for the others.
 * <p>
 * Adding a message allocates nothing, so that no future is lost when the heap is
 * exhausted. The messages form a linked list with the most recent one first.
 */
public final class SendCompletions {

	private static final EngineLog logger = EngineLog.of(SendCompletions.class);

	/**
	 * The longest delay of a future if the next write is blocked, or if a dependent stage
	 * of another future blocks the thread.
	 */
	private static final long MAX_DELAY_NANOS = 10_000_000;

	private final AtomicReference<@Nullable PendingSend> added = new AtomicReference<>();

	private final EngineResources resources;

	/**
	 * The head of the messages that were taken from {@link #added}, oldest first. Written
	 * under the monitor.
	 */
	private volatile @Nullable PendingSend first;

	private volatile boolean watched;

	/**
	 * Number of consecutive checks at which futures waited. Used by the check thread
	 * only.
	 */
	private int pendingChecks;

	public SendCompletions(EngineResources resources) {
		this.resources = resources;
	}

	/**
	 * Add a message whose outcome is known. The next {@link #submit()} or
	 * {@link #submitSoon()} completes its future.
	 */
	void add(PendingSend send) {
		PendingSend last;
		do {
			last = this.added.get();
			send.linkTo(last);
		}
		while (!this.added.compareAndSet(last, send));
	}

	/**
	 * Complete the futures of all added messages. If this fails, {@link #check()}
	 * retries.
	 */
	void submit() {
		try {
			this.resources.futures().execute(this::completeAll);
		}
		catch (Throwable ex) {
			logger.debug("Failed to submit the completion of futures; retrying at the next check", ex);
		}
	}

	/**
	 * Complete the futures after a short delay unless they are completed earlier. One
	 * timeout serves all messages. The first message arms it, and it is armed again as
	 * long as messages remain when it is due.
	 */
	void submitSoon() {
		if (this.watched) {
			return;
		}
		this.watched = true;
		try {
			this.resources.timer().schedule(this::due, MAX_DELAY_NANOS);
		}
		catch (Throwable ex) {
			this.watched = false;
			logger.debug("Failed to schedule the completion of futures", ex);
		}
	}

	private void due() {
		this.watched = false;
		if (!isEmpty()) {
			submitSoon();
			submit();
		}
	}

	/**
	 * Complete futures whose task or timeout was lost.
	 */
	public void check() {
		this.pendingChecks = isEmpty() ? 0 : this.pendingChecks + 1;
		if (LostTasks.isLost(this.pendingChecks)) {
			this.watched = false;
			submit();
		}
	}

	private void completeAll() {
		for (PendingSend send = poll(); send != null; send = poll()) {
			if (send.isAwaited() && !isEmpty()) {
				submit();
			}
			complete(send);
		}
	}

	private void complete(PendingSend send) {
		try {
			send.complete();
		}
		finally {
			if (!send.isDone()) {
				add(send);
			}
		}
	}

	private boolean isEmpty() {
		return this.first == null && this.added.get() == null;
	}

	private synchronized @Nullable PendingSend poll() {
		PendingSend send = this.first;
		if (send == null) {
			send = inOrder(this.added.getAndSet(null));
		}
		if (send != null) {
			this.first = send.next();
			send.linkTo(null);
		}
		return send;
	}

	private static @Nullable PendingSend inOrder(@Nullable PendingSend last) {
		PendingSend first = null;
		for (PendingSend send = last; send != null;) {
			PendingSend before = send.next();
			send.linkTo(first);
			first = send;
			send = before;
		}
		return first;
	}

}
