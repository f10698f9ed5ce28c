package io.github.heartbeat.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.client.Timer.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be written, in order, and no longer than
 * {@code send.time-to-live}. One timeout looks after all of them: it is armed for the
 * first and then, when it is due, for the one that is first by then.
 */
final class SendQueue {

	/** Small to begin with, for most queues of most clients are always empty. */
	private final Deque<PendingSend> sends = new ArrayDeque<>(1);

	private final Lock lock;

	private final SendBounds bounds;

	private final long timeToLiveNanos;

	private final EngineResources resources;

	private @Nullable Timeout timeout;

	/**
	 * Create a queue.
	 * @param lock guards it, and may be that of its owner
	 */
	SendQueue(Lock lock, SendBounds bounds, HeartbeatClientSettings settings, EngineResources resources) {
		this.lock = lock;
		this.bounds = bounds;
		this.timeToLiveNanos = settings.getSendTimeToLive().toNanos();
		this.resources = resources;
	}

	/**
	 * Add a message.
	 * @return why not, or {@code null} if it was added
	 */
	@Nullable Reason offer(PendingSend send) {
		this.lock.lock();
		try {
			if (!this.bounds.take(send.bytes())) {
				return Reason.QUEUE_FULL;
			}
			send.acceptedAt(this.resources.ticker().nanoTime());
			this.sends.add(send);
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
	void fail(Reason reason) {
		this.lock.lock();
		try {
			if (this.timeout != null) {
				this.timeout.cancel();
				this.timeout = null;
			}
			List<PendingSend> failed = new ArrayList<>(this.sends);
			this.sends.clear();
			end(failed, reason);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * This may be the timer's thread, which has no time to hand over futures by the
	 * thousand.
	 */
	private void end(List<PendingSend> sends, Reason reason) {
		if (sends.isEmpty()) {
			return;
		}
		sends.forEach((send) -> this.bounds.give(send.bytes()));
		this.resources.futures().execute(() -> sends.forEach((send) -> send.fail(reason)));
	}

	private void arm(long delayNanos) {
		this.timeout = this.resources.timer().schedule(this::due, delayNanos);
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

	private void expire(long now) {
		PendingSend first = this.sends.peek();
		if (first == null || nanosLeft(first, now) > 0) {
			return;
		}
		List<PendingSend> expired = new ArrayList<>();
		while (first != null && nanosLeft(first, now) <= 0) {
			expired.add(this.sends.remove());
			first = this.sends.peek();
		}
		end(expired, Reason.EXPIRED);
	}

	private long nanosLeft(PendingSend send, long now) {
		return this.timeToLiveNanos - (now - send.acceptedAt());
	}

}
