package io.github.heartbeat.internal.send;

import java.util.ArrayDeque;
import java.util.Deque;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be written, in order, and no longer than
 * {@code send.time-to-live}. One timeout looks after all of them: it is armed for the
 * first and then, when it is due, for the one that is first by then.
 */
public final class SendQueue {

	private static final EngineLog logger = EngineLog.of(SendQueue.class);

	/** Small to begin with, for most queues of most clients are always empty. */
	@GuardedBy("lock")
	private final Deque<PendingSend> sends = new ArrayDeque<>(1);

	private final EngineLock lock;

	private final SendBounds bounds;

	private final long timeToLiveNanos;

	private final EngineResources resources;

	private final SendCompletions completions;

	@GuardedBy("lock")
	private @Nullable Timeout timeout;

	/** When the timeout is due. */
	@GuardedBy("lock")
	private long dueAt;

	/**
	 * Create a queue.
	 * @param lock guards it, and may be that of its owner
	 * @param completions ends the futures of messages that are not written
	 */
	public SendQueue(EngineLock lock, SendBounds bounds, HeartbeatClientSettings settings, EngineResources resources,
			SendCompletions completions) {
		this.lock = lock;
		this.bounds = bounds;
		this.timeToLiveNanos = settings.getSendTimeToLive().toNanos();
		this.resources = resources;
		this.completions = completions;
	}

	/**
	 * Add a message.
	 * @return why not, or {@code null} if it was added
	 */
	public @Nullable Reason offer(PendingSend send) {
		this.lock.lock();
		try {
			if (!this.bounds.take(send.bytes())) {
				return Reason.QUEUE_FULL;
			}
			boolean added = false;
			try {
				send.acceptedAt(this.resources.ticker().nanoTime());
				this.sends.add(send);
				added = true;
			}
			finally {
				if (!added) {
					this.bounds.give(send.bytes());
				}
			}
			if (this.timeout == null) {
				arm(this.timeToLiveNanos);
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether there is a message that has not waited too long.
	 * @param now the time, by the ticker
	 */
	boolean isWaiting(long now) {
		this.lock.lock();
		try {
			expire(now);
			return !this.sends.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether there is a message that has not waited too long and was accepted by then.
	 * @param nanoTime the time, by the ticker
	 * @param now the time now
	 */
	boolean isWaitingSince(long nanoTime, long now) {
		this.lock.lock();
		try {
			expire(now);
			PendingSend send = this.sends.peek();
			return send != null && send.acceptedAt() - nanoTime <= 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove the first message that has not waited too long and was accepted by then,
	 * unless it is larger.
	 * @param nanoTime the time, by the ticker
	 * @param maxBytes the largest size of its payload
	 * @param now the time now
	 * @return the message, or {@code null} if there is none or it is larger
	 */
	@Nullable PendingSend pollAcceptedBy(long nanoTime, long maxBytes, long now) {
		this.lock.lock();
		try {
			return isWaitingSince(nanoTime, now) ? poll(maxBytes, now) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove the first message that has not waited too long, unless it is larger.
	 * @param maxBytes the largest size of its payload
	 * @param now the time, by the ticker
	 * @return the message, or {@code null} if there is none or it is larger
	 */
	@Nullable PendingSend poll(long maxBytes, long now) {
		this.lock.lock();
		try {
			expire(now);
			PendingSend send = this.sends.peek();
			if (send == null || send.bytes() > maxBytes) {
				return null;
			}
			this.sends.remove();
			this.bounds.give(send.bytes());
			return send;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End all futures.
	 */
	public void fail(Reason reason) {
		this.lock.lock();
		try {
			Timeout timeout = this.timeout;
			this.timeout = null;
			Timeouts.cancel(timeout);
			if (this.sends.isEmpty()) {
				return;
			}
			while (!this.sends.isEmpty()) {
				failFirst(reason);
			}
			this.completions.submit();
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void failFirst(Reason reason) {
		PendingSend send = this.sends.remove();
		this.bounds.give(send.bytes());
		send.failed(reason);
		this.completions.add(send);
	}

	/**
	 * A message that no timeout watches is still refused when it is about to be written
	 * too late, and {@link #check} refuses it otherwise.
	 */
	@GuardedBy("lock")
	private void arm(long delayNanos) {
		this.dueAt = this.resources.ticker().nanoTime() + delayNanos;
		try {
			this.timeout = this.resources.timer().schedule(this::due, delayNanos);
		}
		catch (Throwable ex) {
			logger.debug("Messages that wait are not watched", ex);
		}
	}

	private void due() {
		this.lock.lock();
		try {
			this.timeout = null;
			long now = this.resources.ticker().nanoTime();
			expire(now);
			PendingSend first = this.sends.peek();
			if (first != null) {
				arm(nanosLeft(first, now));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End what was left behind.
	 */
	public void check(long now) {
		this.lock.lock();
		try {
			if (!this.sends.isEmpty() && (this.timeout == null || Timeouts.isLost(this.dueAt, now))) {
				due();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void expire(long now) {
		PendingSend first = this.sends.peek();
		if (first == null || nanosLeft(first, now) > 0) {
			return;
		}
		for (; first != null && nanosLeft(first, now) <= 0; first = this.sends.peek()) {
			failFirst(Reason.EXPIRED);
		}
		this.completions.submit();
	}

	private long nanosLeft(PendingSend send, long now) {
		return this.timeToLiveNanos - (now - send.acceptedAt());
	}

}
