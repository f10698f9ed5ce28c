package io.github.heartbeat.internal.send;

import java.util.concurrent.atomic.AtomicReference;

import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.LostTasks;
import org.jspecify.annotations.Nullable;

/**
 * Ends the futures of messages, written or not, on an executor for that: code of users
 * runs neither on the thread that writes nor under a lock. The thread that writes submits
 * them when it has nothing more to write, or many at a time, since waking another thread
 * costs as much as a write. A future that somebody waits for holds up no other one: what
 * depends on it may wait for the others.
 * <p>
 * Nothing is allocated for a message, so that no future is forgotten when the heap is
 * exhausted: the messages are linked to each other, those added last being first.
 */
public final class SendCompletions {

	private static final EngineLog logger = EngineLog.of(SendCompletions.class);

	/**
	 * How long a future is kept back at the most, should the write after it be stuck, or
	 * should what depends on another one hold up the thread after all.
	 */
	private static final long MAX_DELAY_NANOS = 10_000_000;

	private final AtomicReference<@Nullable PendingSend> added = new AtomicReference<>();

	private final EngineResources resources;

	/**
	 * The first of those that were taken from what was added, in order. Written under the
	 * monitor.
	 */
	private volatile @Nullable PendingSend first;

	private volatile boolean watched;

	/** At how many checks in a row there were futures to end; check thread only. */
	private int unendedChecks;

	public SendCompletions(EngineResources resources) {
		this.resources = resources;
	}

	/**
	 * Add a message whose outcome is known. Its future ends after the next
	 * {@link #submit()} or {@link #submitSoon()}.
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
	 * End the futures of all messages that were added. Where this fails, {@link #check()}
	 * does it again.
	 */
	void submit() {
		try {
			this.resources.futures().execute(this::end);
		}
		catch (Throwable ex) {
			logger.debug("Futures end at the next check", ex);
		}
	}

	/**
	 * End them soon, should nothing else do it before. One timeout watches all: it is
	 * armed by the first one and then, as long as there are any when it is due.
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
			logger.debug("Futures are not watched", ex);
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
	 * End what was left behind.
	 */
	public void check() {
		this.unendedChecks = isEmpty() ? 0 : this.unendedChecks + 1;
		if (LostTasks.isLost(this.unendedChecks)) {
			submit();
		}
	}

	private void end() {
		for (PendingSend send = poll(); send != null; send = poll()) {
			if (send.isAwaited() && !isEmpty()) {
				submit();
			}
			end(send);
		}
	}

	private void end(PendingSend send) {
		try {
			send.end();
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
