package io.github.heartbeat.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.client.Timer.Timeout;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * What is written on one connection. Senders only queue; one task at a time writes:
 * heartbeats first, then what the open hook sends, then, once that hook is over, the
 * backlog of the client and what was accepted on this connection.
 */
final class Outbox {

	private static final Log logger = LogFactory.getLog(Outbox.class);

	private final ReentrantLock lock = new ReentrantLock();

	/** What the open hook sends. */
	private final SendQueue greetings;

	/** What was accepted before there was this connection. */
	private final SendQueue backlog;

	/** What was accepted on this connection. */
	private final SendQueue waiting;

	private final String clientName;

	private final long timeoutNanos;

	private final Link link;

	private final Signals signals;

	private final EngineResources resources;

	private final WrittenSends written;

	/** Whether messages wait for the open hook to have its say. */
	private boolean held = true;

	/** Whether the connection is being closed before the open hook is over. */
	private boolean backlogLeft;

	private boolean writerActive;

	private boolean heartbeatRequested;

	private List<PendingSend> writing = List.of();

	private @Nullable Reason refusal;

	private boolean failed;

	private @Nullable Finish finish;

	private volatile @Nullable Timeout watch;

	private final long createdAt;

	private volatile long writeBeganAt;

	private volatile boolean inWrite;

	/**
	 * Create an outbox.
	 * @param backlog what was accepted before there was this connection
	 * @param bounds bound what waits, the backlog included
	 */
	Outbox(String clientName, HeartbeatClientSettings settings, SendQueue backlog, SendBounds bounds, Link link,
			Signals signals, EngineResources resources) {
		this.clientName = clientName;
		this.timeoutNanos = settings.getSendTimeout().toNanos();
		this.greetings = new SendQueue(this.lock, SendBounds.none(), settings, resources);
		this.backlog = backlog;
		this.waiting = new SendQueue(this.lock, bounds, settings, resources);
		this.link = link;
		this.signals = signals;
		this.resources = resources;
		this.written = new WrittenSends(resources);
		this.createdAt = resources.ticker().nanoTime();
	}

	/**
	 * Queue a message.
	 * @return why not, or {@code null} if it is queued and its future will end
	 */
	@Nullable Reason offer(PendingSend send) {
		return queue(() -> this.waiting.offer(send));
	}

	/**
	 * Queue a message ahead of all others but the greetings before it. No bounds apply.
	 * @return why not, or {@code null} if it is queued and its future will end
	 */
	@Nullable Reason offerGreeting(PendingSend send) {
		return queue(() -> this.greetings.offer(send));
	}

	/**
	 * The open hook is over: what waits for it may go out.
	 */
	void greeted() {
		queue(() -> {
			this.held = false;
			return null;
		});
	}

	/**
	 * Write a heartbeat as soon as the socket takes it.
	 */
	void requestHeartbeat() {
		queue(() -> {
			this.heartbeatRequested = true;
			return null;
		});
	}

	private @Nullable Reason queue(Supplier<@Nullable Reason> addition) {
		this.lock.lock();
		try {
			Reason refusal = (this.refusal != null) ? this.refusal : addition.get();
			if (refusal != null || !activateWriter()) {
				return refusal;
			}
		}
		finally {
			this.lock.unlock();
		}
		startWriter();
		return null;
	}

	private boolean activateWriter() {
		if (this.writerActive) {
			return false;
		}
		this.writerActive = true;
		return true;
	}

	private void startWriter() {
		this.resources.io().execute(this::write);
	}

	private void write() {
		try {
			for (Runnable action = next(); action != null; action = next()) {
				action.run();
			}
		}
		catch (Throwable ex) {
			logger.error(
					"Writing for client '" + this.clientName + "' failed unexpectedly with " + ex.getClass().getName());
			writeFailed(ex);
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable next = this.failed ? null : nextWrite();
			if (next != null) {
				this.written.writesOn();
			}
			else {
				this.written.handOver();
				this.writerActive = false;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Runnable nextWrite() {
		if (this.heartbeatRequested) {
			this.heartbeatRequested = false;
			return this::writeHeartbeat;
		}
		List<PendingSend> sends = nextMessages(this.resources.ticker().nanoTime());
		if (!sends.isEmpty()) {
			this.writing = sends;
			return () -> writeMessages(sends);
		}
		Finish finish = this.finish;
		this.finish = null;
		return (finish != null) ? () -> writeClose(finish) : null;
	}

	/**
	 * As many as can be written together.
	 */
	private List<PendingSend> nextMessages(long now) {
		PendingSend first = null;
		for (SendQueue queue = nextQueue(now); first == null && queue != null; queue = nextQueue(now)) {
			first = poll(queue, Long.MAX_VALUE, now);
		}
		if (first == null) {
			return List.of();
		}
		long room = this.link.batchBytes() - roomOf(first);
		PendingSend next = nextMessage(room, now);
		if (next == null) {
			return List.of(first);
		}
		List<PendingSend> sends = new ArrayList<>();
		sends.add(first);
		for (; next != null; next = nextMessage(room, now)) {
			sends.add(next);
			room -= roomOf(next);
		}
		return sends;
	}

	private @Nullable PendingSend nextMessage(long room, long now) {
		SendQueue queue = (room > Link.FRAME_BYTES) ? nextQueue(now) : null;
		return (queue != null) ? poll(queue, room - Link.FRAME_BYTES, now) : null;
	}

	private @Nullable PendingSend poll(SendQueue queue, long maxBytes, long now) {
		return (queue == this.backlog) ? queue.pollAcceptedBy(this.createdAt, maxBytes, now)
				: queue.poll(maxBytes, now);
	}

	private static long roomOf(PendingSend send) {
		return send.bytes() + Link.FRAME_BYTES;
	}

	/**
	 * What was accepted while this connection was being closed waits for the next one,
	 * and so does all of the backlog if that began before the open hook was over: nothing
	 * of it goes out before the greeting, and nothing that was accepted later goes out
	 * before it.
	 */
	private @Nullable SendQueue nextQueue(long now) {
		if (this.greetings.isWaiting(now)) {
			return this.greetings;
		}
		if (this.held) {
			return null;
		}
		if (this.backlog.isWaitingSince(this.createdAt, now)) {
			return this.backlogLeft ? null : this.backlog;
		}
		return this.waiting.isWaiting(now) ? this.waiting : null;
	}

	private void writeHeartbeat() {
		WebSocketMessage<?> message = this.signals.heartbeatMessage();
		this.signals.heartbeatBegins();
		if (writeWatched(List.of(message))) {
			this.signals.heartbeatWritten();
		}
	}

	/**
	 * A future is handed over before the lock is free under which the outbox is told its
	 * end: whoever ends the threads after that comes after it.
	 */
	private void writeMessages(List<PendingSend> sends) {
		List<WebSocketMessage<?>> messages = (sends.size() > 1) ? sends.stream().map(PendingSend::message).toList()
				: List.of(sends.get(0).message());
		boolean written = writeWatched(messages);
		this.lock.lock();
		try {
			List<PendingSend> unended = this.writing;
			this.writing = List.of();
			for (PendingSend send : unended) {
				if (written) {
					send.written();
					this.written.add(send);
				}
				else {
					send.fail(Reason.CONNECTION_LOST);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void writeClose(Finish finish) {
		try {
			long left = finish.deadline() - this.resources.ticker().nanoTime();
			this.link.close(finish.status(), Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Could not send the close frame", ex);
		}
		finally {
			finish.done().run();
		}
	}

	private boolean writeWatched(List<WebSocketMessage<?>> messages) {
		this.writeBeganAt = this.resources.ticker().nanoTime();
		this.inWrite = true;
		watch();
		try {
			this.link.write(messages);
			for (WebSocketMessage<?> message : messages) {
				PayloadLog.sent(this.clientName, message);
			}
			return true;
		}
		catch (IOException | RuntimeException ex) {
			writeFailed(ex);
			return false;
		}
		finally {
			this.inWrite = false;
		}
	}

	private void writeFailed(Throwable ex) {
		logger.debug("A write failed", ex);
		Finish finish;
		this.lock.lock();
		try {
			finish = this.finish;
			this.finish = null;
		}
		finally {
			this.lock.unlock();
		}
		fail(Reason.CONNECTION_LOST);
		if (finish != null) {
			finish.done().run();
		}
		this.signals.writeFailed();
	}

	/**
	 * One timeout looks after all writes: it is armed by the first one and then looks at
	 * the one under way when it is due.
	 */
	private void watch() {
		if (this.watch != null) {
			return;
		}
		this.lock.lock();
		try {
			if (this.watch == null && !this.failed) {
				this.watch = this.resources.timer().schedule(this::checkWrite, this.timeoutNanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkWrite() {
		this.lock.lock();
		try {
			this.watch = null;
			if (this.failed || !this.inWrite) {
				return;
			}
			long left = this.timeoutNanos - (this.resources.ticker().nanoTime() - this.writeBeganAt);
			if (left > 0) {
				this.watch = this.resources.timer().schedule(this::checkWrite, left);
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.signals.writeStuck();
	}

	/**
	 * Accept nothing any more. What is queued stays.
	 */
	void refuse(Reason reason) {
		this.lock.lock();
		try {
			this.refusal = reason;
			this.heartbeatRequested = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Write what was accepted on this connection, then a close frame.
	 * @param status the status to send
	 * @param deadline the time by which the frame must be out
	 * @param done run when the close frame is out or cannot be written
	 */
	void finish(CloseStatus status, long deadline, Runnable done) {
		this.lock.lock();
		try {
			if (!this.failed) {
				this.backlogLeft = this.held;
				this.held = false;
				this.finish = new Finish(status, deadline, done);
				if (activateWriter()) {
					startWriter();
				}
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		done.run();
	}

	/**
	 * End the futures of what was accepted on this connection, and of what is being
	 * written.
	 */
	void fail(Reason reason) {
		this.lock.lock();
		try {
			if (this.refusal == null) {
				this.refusal = reason;
			}
			this.failed = true;
			this.heartbeatRequested = false;
			Timeout watch = this.watch;
			if (watch != null) {
				watch.cancel();
				this.watch = null;
			}
			this.written.handOver();
			this.writing.forEach((send) -> send.fail(reason));
			this.writing = List.of();
			this.greetings.fail(reason);
			this.waiting.fail(reason);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What the outbox has to tell and ask.
	 */
	interface Signals {

		/**
		 * Return what a heartbeat says. Called on the thread that writes.
		 */
		WebSocketMessage<?> heartbeatMessage();

		/**
		 * A heartbeat is about to be written.
		 */
		void heartbeatBegins();

		/**
		 * A heartbeat has been written.
		 */
		void heartbeatWritten();

		/**
		 * A write failed.
		 */
		void writeFailed();

		/**
		 * A write is stuck for {@code send.timeout}.
		 */
		void writeStuck();

	}

	private record Finish(CloseStatus status, long deadline, Runnable done) {
	}

}
