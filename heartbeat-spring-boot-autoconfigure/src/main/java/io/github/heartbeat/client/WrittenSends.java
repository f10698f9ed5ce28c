package io.github.heartbeat.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Ends the futures of messages that were written, on the hook executor: nobody's code
 * runs on the thread that writes. That thread hands them over when it has nothing more to
 * write, or many at a time, since waking another thread costs as much as a write. A
 * future that somebody waits for holds up no other one: what depends on it may wait for
 * the others.
 */
final class WrittenSends {

	private static final int BATCH = 64;

	/**
	 * How long a future is kept back at the most, should the write after it be stuck, or
	 * should what depends on another one hold up the thread after all.
	 */
	private static final long MAX_DELAY_NANOS = 10_000_000;

	private final Queue<PendingSend> sends = new ConcurrentLinkedQueue<>();

	private final EngineResources resources;

	/** How many were not handed over yet; guarded by the outbox. */
	private int kept;

	private volatile boolean watched;

	WrittenSends(EngineResources resources) {
		this.resources = resources;
	}

	/**
	 * Add a message that was written. Its future ends after the next {@link #handOver()}
	 * or soon after {@link #writesOn()}.
	 */
	void add(PendingSend send) {
		this.sends.add(send);
		this.kept++;
	}

	/**
	 * There is more to write, which may take long.
	 */
	void writesOn() {
		if (this.kept >= BATCH) {
			handOver();
		}
		else if (this.kept > 0) {
			watch();
		}
	}

	/**
	 * End the futures of all messages that were added.
	 */
	void handOver() {
		if (this.kept > 1) {
			watch();
		}
		if (this.kept > 0) {
			this.kept = 0;
			this.resources.futures().execute(this::end);
		}
	}

	/**
	 * One timeout looks after all: it is armed by the first one and then, as long as
	 * there are any when it is due.
	 */
	private void watch() {
		if (!this.watched) {
			this.watched = true;
			this.resources.timer().schedule(this::due, MAX_DELAY_NANOS);
		}
	}

	private void due() {
		this.watched = false;
		if (!this.sends.isEmpty()) {
			watch();
			this.resources.futures().execute(this::end);
		}
	}

	private void end() {
		for (PendingSend send = this.sends.poll(); send != null; send = this.sends.poll()) {
			if (send.isAwaited() && !this.sends.isEmpty()) {
				this.resources.futures().execute(this::end);
			}
			send.end();
		}
	}

}
