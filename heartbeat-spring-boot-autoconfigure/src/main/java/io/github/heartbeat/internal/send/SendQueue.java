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
 * Messages that wait to be written, in order, for at most {@code send.time-to-live}. One
 * timeout serves all messages. It is armed for the first message, and when it is due for
 * the message that is first then.
 */
public final class SendQueue {

	private static final EngineLog logger = EngineLog.of(SendQueue.class);

	private static final long NO_LIMIT = Long.MAX_VALUE;

	/** Small initially, because most queues of most clients are always empty. */
	@GuardedBy("lock")
	private final Deque<PendingSend> sends = new ArrayDeque<>(1);

	private final EngineLock lock;

	private final SendBounds bounds;

	private final long timeToLiveNanos;

	private final EngineResources resources;

	private final SendCompletions completions;

	@GuardedBy("lock")
	private @Nullable Timeout timeout;

	@GuardedBy("lock")
	private long timeoutDueAt;

	/**
	 * Create a queue.
	 * @param lock guards the queue; can be the lock of its owner
	 * @param completions completes the futures of messages that are not written
	 */
	public SendQueue(EngineLock lock, SendBounds bounds, HeartbeatClientSettings settings, EngineResources resources,
			SendCompletions completions) {
		this(lock, bounds, settings.getSendTimeToLive().toNanos(), resources, completions);
	}

	private SendQueue(EngineLock lock, SendBounds bounds, long timeToLiveNanos, EngineResources resources,
			SendCompletions completions) {
		this.lock = lock;
		this.bounds = bounds;
		this.timeToLiveNanos = timeToLiveNanos;
		this.resources = resources;
		this.completions = completions;
	}

	/**
	 * Create a queue without bounds whose messages do not expire.
	 */
	static SendQueue unlimited(EngineLock lock, EngineResources resources, SendCompletions completions) {
		return new SendQueue(lock, SendBounds.none(), NO_LIMIT, resources, completions);
	}

	/**
	 * Add a message.
	 * @return the reason of the refusal, or {@code null} if the message was added
	 */
	public @Nullable Reason offer(PendingSend send) {
		this.lock.lock();
		try {
			if (!this.bounds.tryReserve(send.bytes())) {
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
					this.bounds.release(send.bytes());
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
	 * Whether there is a message that has not expired.
	 * @param now the current time, as of the ticker
	 */
	boolean hasMessage(long now) {
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
	 * Whether there is a message that has not expired and was accepted by the given time.
	 * @param nanoTime the time, as of the ticker
	 * @param now the current time, as of the ticker
	 */
	boolean hasMessageAcceptedBy(long nanoTime, long now) {
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
	 * Remove the first message that has not expired and was accepted by the given time,
	 * unless it is larger than allowed.
	 * @param nanoTime the time, as of the ticker
	 * @param maxBytes the maximum size of the payload in bytes
	 * @param now the current time, as of the ticker
	 * @return the message, or {@code null} if there is none or it is larger
	 */
	@Nullable PendingSend pollAcceptedBy(long nanoTime, long maxBytes, long now) {
		this.lock.lock();
		try {
			return hasMessageAcceptedBy(nanoTime, now) ? poll(maxBytes, now) : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove the first message that has not expired, unless it is larger than allowed.
	 * @param maxBytes the maximum size of the payload in bytes
	 * @param now the current time, as of the ticker
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
			this.bounds.release(send.bytes());
			return send;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove all messages and fail their futures.
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
		this.bounds.release(send.bytes());
		send.setFailure(reason);
		this.completions.add(send);
	}

	/**
	 * Arming can fail. A message that no timeout watches expires before it is written, or
	 * {@link #check} removes it.
	 */
	@GuardedBy("lock")
	private void arm(long delayNanos) {
		if (this.timeToLiveNanos == NO_LIMIT) {
			return;
		}
		this.timeoutDueAt = this.resources.ticker().nanoTime() + delayNanos;
		try {
			this.timeout = this.resources.timer().schedule(this::due, delayNanos);
		}
		catch (Throwable ex) {
			logger.debug("Failed to schedule the expiry of messages", ex);
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
	 * Remove expired messages whose timeout was lost.
	 */
	public void check(long now) {
		this.lock.lock();
		try {
			if (!this.sends.isEmpty() && (this.timeout == null || Timeouts.isLost(this.timeoutDueAt, now))) {
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
		if (first == null || !hasExpired(first, now)) {
			return;
		}
		for (; first != null && hasExpired(first, now); first = this.sends.peek()) {
			failFirst(Reason.EXPIRED);
		}
		this.completions.submit();
	}

	private boolean hasExpired(PendingSend send, long now) {
		return this.timeToLiveNanos != NO_LIMIT && nanosLeft(send, now) <= 0;
	}

	private long nanosLeft(PendingSend send, long now) {
		return this.timeToLiveNanos - (now - send.acceptedAt());
	}

}
