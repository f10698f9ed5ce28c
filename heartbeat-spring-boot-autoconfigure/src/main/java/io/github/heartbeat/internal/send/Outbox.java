package io.github.heartbeat.internal.send;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.internal.container.Transport;
import io.github.heartbeat.internal.message.PayloadLog;
import io.github.heartbeat.internal.runtime.EngineLock;
import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.internal.runtime.Fence;
import io.github.heartbeat.internal.runtime.LostTasks;
import io.github.heartbeat.internal.runtime.Timeouts;
import io.github.heartbeat.internal.runtime.Timer.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Writes the messages of one connection. Senders only queue messages; one task at a time
 * writes them. Heartbeats are written first, then the messages of the session initializer
 * and of the open hook, then those of subscriptions. After the open hook has returned,
 * the messages of the offline queue follow, then those accepted on this connection.
 */
public final class Outbox {

	private static final EngineLog logger = EngineLog.of(Outbox.class);

	/**
	 * Number of futures that are completed together while more messages wait to be
	 * written.
	 */
	private static final int BATCH = 64;

	private final EngineLock lock = new EngineLock();

	/**
	 * Messages that the session initializer and the open hook send. Created for the first
	 * one.
	 */
	@GuardedBy("lock")
	private @Nullable SendQueue openHookQueue;

	/** Messages of subscriptions. Created for the first one. */
	@GuardedBy("lock")
	private @Nullable SendQueue subscriptionQueue;

	/** Messages that were accepted before this connection was opened. */
	private final SendQueue offlineQueue;

	/** Messages that were accepted on this connection. */
	private final SendQueue connectionQueue;

	private final String clientName;

	private final HeartbeatClientSettings settings;

	private final long timeoutNanos;

	private final Transport transport;

	private final Signals signals;

	private final EngineResources resources;

	/** When the lease of the client ends, or {@code null} if it is not led. */
	private final @Nullable Fence fence;

	private final SendCompletions completions;

	/** Whether messages are held back until the open hook returns. */
	@GuardedBy("lock")
	private boolean awaitingOpenHook = true;

	/** Whether closing of the connection began before the open hook returned. */
	@GuardedBy("lock")
	private boolean skipOfflineQueue;

	/** Whether a writer was submitted and has not finished. */
	@GuardedBy("lock")
	private boolean writerActive;

	/** The thread that writes, or {@code null} while the writer waits for a thread. */
	@GuardedBy("lock")
	private @Nullable Thread writer;

	/** Number of consecutive checks at which the writer waited for a thread. */
	@GuardedBy("lock")
	private int pendingChecks;

	@GuardedBy("lock")
	private boolean heartbeatRequested;

	@GuardedBy("lock")
	private List<PendingSend> writing = List.of();

	@GuardedBy("lock")
	private int unsubmittedFutures;

	@GuardedBy("lock")
	private @Nullable Reason refusal;

	@GuardedBy("lock")
	private boolean failed;

	@GuardedBy("lock")
	private @Nullable Finish finish;

	/** Written under the lock. */
	private volatile @Nullable Timeout watch;

	private volatile long watchDueAt;

	/**
	 * When the client became open. Messages of the offline queue that were accepted later
	 * belong to the next connection.
	 */
	private volatile long openedAt;

	private volatile long writeBeganAt;

	private volatile boolean inWrite;

	/**
	 * Create an outbox.
	 * @param offlineQueue the messages that were accepted before this connection was
	 * opened
	 * @param bounds bounds of all waiting messages, including those of the offline queue
	 * @param completions completes the futures of messages
	 * @param fence after which nothing is written, or {@code null}
	 */
	public Outbox(String clientName, HeartbeatClientSettings settings, SendQueue offlineQueue, SendBounds bounds,
			SendCompletions completions, Transport transport, Signals signals, @Nullable Fence fence,
			EngineResources resources) {
		this.fence = fence;
		this.clientName = clientName;
		this.timeoutNanos = settings.getSendTimeout().toNanos();
		this.completions = completions;
		this.settings = settings;
		this.offlineQueue = offlineQueue;
		this.connectionQueue = new SendQueue(this.lock, bounds, settings, resources, this.completions);
		this.transport = transport;
		this.signals = signals;
		this.resources = resources;
		this.openedAt = resources.ticker().nanoTime();
	}

	/**
	 * Queue a message. Never blocks.
	 * @return the reason of the refusal, or {@code null} if the message is queued and its
	 * future will be completed
	 */
	public @Nullable Reason offer(PendingSend send) {
		return offer(this.connectionQueue, send);
	}

	/**
	 * Queue a message of the session initializer or the open hook ahead of all other
	 * messages. No bounds apply. Never blocks.
	 * @return the reason of the refusal, or {@code null} if the message is queued and its
	 * future will be completed
	 */
	public @Nullable Reason offerFromOpenHook(PendingSend send) {
		return offer(openHookQueue(), send);
	}

	private SendQueue openHookQueue() {
		this.lock.lock();
		try {
			SendQueue queue = this.openHookQueue;
			if (queue == null) {
				queue = new SendQueue(this.lock, SendBounds.none(), this.settings, this.resources, this.completions);
				this.openHookQueue = queue;
			}
			return queue;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Queue a message of a subscription ahead of all messages but those of the open hook.
	 * No bounds apply, and the message does not expire. Never blocks.
	 * @return the reason of the refusal, or {@code null} if the message is queued and its
	 * future will be completed
	 */
	public @Nullable Reason offerSubscription(PendingSend send) {
		return offer(subscriptionQueue(), send);
	}

	private SendQueue subscriptionQueue() {
		this.lock.lock();
		try {
			SendQueue queue = this.subscriptionQueue;
			if (queue == null) {
				queue = SendQueue.unlimited(this.lock, this.resources, this.completions);
				this.subscriptionQueue = queue;
			}
			return queue;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Reason offer(SendQueue queue, PendingSend send) {
		this.lock.lock();
		try {
			Reason refusal = (this.refusal != null) ? this.refusal : queue.offer(send);
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

	/**
	 * Record that the client became open.
	 */
	public void opened() {
		this.openedAt = this.resources.ticker().nanoTime();
	}

	/**
	 * Record that the open hook returned. Messages that waited for it can be written.
	 */
	public void openHookEnded() {
		this.lock.lock();
		try {
			this.awaitingOpenHook = false;
			if (this.refusal != null || !activateWriter()) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		startWriter();
	}

	/**
	 * Write a heartbeat before all queued messages. Never blocks.
	 */
	public void requestHeartbeat() {
		this.lock.lock();
		try {
			if (this.refusal != null) {
				return;
			}
			this.heartbeatRequested = true;
			if (!activateWriter()) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		startWriter();
	}

	@GuardedBy("lock")
	private boolean activateWriter() {
		if (this.writerActive) {
			return false;
		}
		this.writerActive = true;
		return true;
	}

	/**
	 * If this fails, {@link #check} retries.
	 */
	private void startWriter() {
		try {
			this.resources.io().execute(this::write);
		}
		catch (Throwable ex) {
			logger.debug("Failed to submit the writer; retrying at the next check", ex);
		}
	}

	private void write() {
		if (!claimWriter()) {
			return;
		}
		try {
			for (Runnable action = next(); action != null; action = next()) {
				action.run();
			}
		}
		catch (Throwable ex) {
			writeFailed(ex);
			logger.error(
					"Writing for client '" + this.clientName + "' failed unexpectedly with " + ex.getClass().getName());
		}
		finally {
			releaseWriter();
		}
	}

	private boolean claimWriter() {
		this.lock.lock();
		try {
			if (!this.writerActive || this.writer != null) {
				return false;
			}
			this.writer = Thread.currentThread();
			this.pendingChecks = 0;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Does nothing if the writer finished normally.
	 */
	private void releaseWriter() {
		this.lock.lock();
		try {
			if (this.writer == Thread.currentThread()) {
				this.writer = null;
				this.writerActive = false;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Resume lost work: a writer without a thread, messages without a writer, a write
	 * that no timeout watches, and futures that were not completed.
	 */
	public void check(long now) {
		boolean submit = false;
		boolean unwatched = false;
		SendQueue openHookQueue;
		this.lock.lock();
		try {
			openHookQueue = this.openHookQueue;
			Thread writer = this.writer;
			if (writer != null && !writer.isAlive()) {
				this.writer = null;
			}
			boolean pending = this.writerActive && this.writer == null;
			this.pendingChecks = pending ? this.pendingChecks + 1 : 0;
			submit = LostTasks.isLost(this.pendingChecks) || (!this.failed && hasMoreToWrite(now) && activateWriter());
			unwatched = this.inWrite && (this.watch == null || Timeouts.isLost(this.watchDueAt, now));
		}
		finally {
			this.lock.unlock();
		}
		if (submit) {
			startWriter();
		}
		if (unwatched) {
			checkWrite();
		}
		this.connectionQueue.check(now);
		if (openHookQueue != null) {
			openHookQueue.check(now);
		}
	}

	@GuardedBy("lock")
	private boolean hasMoreToWrite(long now) {
		return this.heartbeatRequested || this.finish != null || nextQueue(now) != null;
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable next = this.failed ? null : nextWrite();
			if (next != null) {
				submitFuturesWhileWriting();
			}
			else {
				submitFutures();
				this.writer = null;
				this.writerActive = false;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Submits futures although more messages follow, because writing them can take long.
	 */
	@GuardedBy("lock")
	private void submitFuturesWhileWriting() {
		if (this.unsubmittedFutures >= BATCH) {
			submitFutures();
		}
		else if (this.unsubmittedFutures > 0) {
			this.completions.submitSoon();
		}
	}

	@GuardedBy("lock")
	private void submitFutures() {
		if (this.unsubmittedFutures > 1) {
			this.completions.submitSoon();
		}
		if (this.unsubmittedFutures > 0) {
			this.unsubmittedFutures = 0;
			this.completions.submit();
		}
	}

	@GuardedBy("lock")
	private @Nullable Runnable nextWrite() {
		if (this.heartbeatRequested) {
			this.heartbeatRequested = false;
			return this::writeHeartbeat;
		}
		List<PendingSend> sends = nextMessages(this.resources.ticker().nanoTime());
		if (!sends.isEmpty()) {
			return () -> writeMessages(sends);
		}
		Finish finish = this.finish;
		this.finish = null;
		return finish;
	}

	/**
	 * Return as many messages as can be written together. They belong to {@link #writing}
	 * from the moment they leave their queue, so that none is lost if this method fails.
	 */
	@GuardedBy("lock")
	private List<PendingSend> nextMessages(long now) {
		SendQueue queue = nextQueue(now);
		if (queue == null) {
			return List.of();
		}
		List<PendingSend> sends = new ArrayList<>(1);
		this.writing = sends;
		long bytesLeft = this.transport.batchBytes();
		PendingSend next = poll(queue, Long.MAX_VALUE, now);
		while (next == null && queue != null) {
			queue = nextQueue(now);
			next = (queue != null) ? poll(queue, Long.MAX_VALUE, now) : null;
		}
		while (next != null) {
			addTo(sends, next);
			bytesLeft -= frameBytes(next);
			next = nextMessage(bytesLeft, now);
		}
		return sends;
	}

	/**
	 * Pass on the futures of the messages that are being written. Allocates nothing, so
	 * that no future is lost when the heap is exhausted.
	 * @param failure the reason why the messages were not written, or {@code null} if
	 * they were written
	 */
	@GuardedBy("lock")
	private void completeWriting(@Nullable Reason failure) {
		List<PendingSend> writing = this.writing;
		this.writing = List.of();
		for (int i = 0; i < writing.size(); i++) {
			PendingSend send = writing.get(i);
			if (failure != null) {
				send.setFailure(failure);
			}
			complete(send);
			if (failure == null) {
				send.written();
			}
		}
	}

	@GuardedBy("lock")
	private void complete(PendingSend send) {
		this.completions.add(send);
		this.unsubmittedFutures++;
	}

	@GuardedBy("lock")
	private void addTo(List<PendingSend> sends, PendingSend send) {
		boolean added = false;
		try {
			sends.add(send);
			added = true;
		}
		finally {
			if (!added) {
				send.setFailure(Reason.CONNECTION_LOST);
				complete(send);
			}
		}
	}

	@GuardedBy("lock")
	private @Nullable PendingSend nextMessage(long bytesLeft, long now) {
		SendQueue queue = (bytesLeft > Transport.FRAME_BYTES) ? nextQueue(now) : null;
		return (queue != null) ? poll(queue, bytesLeft - Transport.FRAME_BYTES, now) : null;
	}

	private @Nullable PendingSend poll(SendQueue queue, long maxBytes, long now) {
		return (queue == this.offlineQueue) ? queue.pollAcceptedBy(this.openedAt, maxBytes, now)
				: queue.poll(maxBytes, now);
	}

	private static long frameBytes(PendingSend send) {
		return send.bytes() + Transport.FRAME_BYTES;
	}

	/**
	 * Messages that were accepted while this connection was being closed are kept for the
	 * next one. If closing began before the open hook returned, the offline queue is kept
	 * too. Otherwise its messages would overtake those of the open hook.
	 */
	@GuardedBy("lock")
	private @Nullable SendQueue nextQueue(long now) {
		SendQueue openHookQueue = this.openHookQueue;
		if (openHookQueue != null && openHookQueue.hasMessage(now)) {
			return openHookQueue;
		}
		SendQueue subscriptionQueue = this.subscriptionQueue;
		if (subscriptionQueue != null && subscriptionQueue.hasMessage(now)) {
			return subscriptionQueue;
		}
		if (this.awaitingOpenHook) {
			return null;
		}
		if (this.offlineQueue.hasMessageAcceptedBy(this.openedAt, now)) {
			return this.skipOfflineQueue ? null : this.offlineQueue;
		}
		return this.connectionQueue.hasMessage(now) ? this.connectionQueue : null;
	}

	private void writeHeartbeat() {
		WebSocketMessage<?> message = this.signals.heartbeatMessage();
		this.signals.heartbeatBegins();
		if (writeWatched(List.of(message), () -> this.transport.writeHeartbeat(message))) {
			this.signals.heartbeatWritten();
		}
	}

	/**
	 * Passes on the futures under the lock, so that shutdown cannot overtake them.
	 */
	private void writeMessages(List<PendingSend> sends) {
		List<WebSocketMessage<?>> messages = messages(sends);
		boolean written = writeWatched(messages, () -> this.transport.write(messages));
		this.lock.lock();
		try {
			completeWriting(written ? null : Reason.CONNECTION_LOST);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static List<WebSocketMessage<?>> messages(List<PendingSend> sends) {
		if (sends.size() == 1) {
			return List.of(sends.get(0).message());
		}
		List<WebSocketMessage<?>> messages = new ArrayList<>(sends.size());
		for (PendingSend send : sends) {
			messages.add(send.message());
		}
		return messages;
	}

	private void writeClose(Finish finish) {
		if (isFenced(this.resources.ticker().nanoTime())) {
			finish.done().run();
			return;
		}
		try {
			long left = finish.deadline() - this.resources.ticker().nanoTime();
			this.transport.close(finish.status(), Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Failed to send the close frame", ex);
		}
		finally {
			finish.done().run();
		}
	}

	private boolean writeWatched(List<WebSocketMessage<?>> messages, Write write) {
		long now = this.resources.ticker().nanoTime();
		if (isFenced(now)) {
			fail(Reason.CONNECTION_LOST);
			this.signals.fenced();
			return false;
		}
		this.writeBeganAt = now;
		this.inWrite = true;
		watch();
		try {
			write.run();
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

	private boolean isFenced(long now) {
		return this.fence != null && this.fence.isPassed(now);
	}

	/**
	 * Notifies the connection even if the rest of this method fails.
	 */
	private void writeFailed(Throwable ex) {
		logger.debug("A write failed", ex);
		try {
			Finish finish = takeFinish();
			fail(Reason.CONNECTION_LOST);
			if (finish != null) {
				finish.done().run();
			}
		}
		finally {
			this.signals.writeFailed();
		}
	}

	private @Nullable Finish takeFinish() {
		this.lock.lock();
		try {
			Finish finish = this.finish;
			this.finish = null;
			return finish;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether the outbox has failed and writes no further messages.
	 */
	public boolean hasFailed() {
		this.lock.lock();
		try {
			return this.failed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * One timeout serves all writes. The first write arms it; when it is due it checks
	 * the current write. {@link #check} finds a write that is not watched.
	 */
	private void watch() {
		if (this.watch != null) {
			return;
		}
		this.lock.lock();
		try {
			if (this.watch == null && !this.failed) {
				armWatch(this.timeoutNanos);
			}
		}
		catch (Throwable ex) {
			logger.debug("Failed to watch a write", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void armWatch(long delayNanos) {
		this.watchDueAt = this.resources.ticker().nanoTime() + delayNanos;
		this.watch = this.resources.timer().schedule(this::checkWrite, delayNanos);
	}

	private void checkWrite() {
		this.lock.lock();
		try {
			this.watch = null;
			if (this.failed || !this.inWrite) {
				return;
			}
			long now = this.resources.ticker().nanoTime();
			long left = this.timeoutNanos - (now - this.writeBeganAt);
			if (left <= 0) {
				left = this.resources.pauseDetector().graceNanos(this.writeBeganAt + this.timeoutNanos, now);
			}
			if (left > 0) {
				armWatch(left);
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.signals.writeStuck();
	}

	/**
	 * Refuse further messages. Queued messages remain.
	 */
	public void refuse(Reason reason) {
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
	 * Write the messages that were accepted on this connection, then a close frame.
	 * @param status the close status to send
	 * @param deadline the time by which the frame must be sent, as of
	 * {@link io.github.heartbeat.internal.runtime.Ticker#nanoTime()}
	 * @param done runs when the close frame was sent or cannot be sent
	 */
	public void finish(CloseStatus status, long deadline, Runnable done) {
		this.lock.lock();
		try {
			if (!this.failed) {
				this.skipOfflineQueue = this.awaitingOpenHook;
				this.awaitingOpenHook = false;
				this.finish = new Finish(this, status, deadline, done);
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
	 * Fail the messages that were accepted on this connection and those that are being
	 * written.
	 */
	public void fail(Reason reason) {
		this.lock.lock();
		try {
			if (this.refusal == null) {
				this.refusal = reason;
			}
			this.failed = true;
			this.heartbeatRequested = false;
			Timeout watch = this.watch;
			this.watch = null;
			Timeouts.cancel(watch);
			completeWriting(reason);
			if (this.openHookQueue != null) {
				this.openHookQueue.fail(reason);
			}
			if (this.subscriptionQueue != null) {
				this.subscriptionQueue.fail(reason);
			}
			this.connectionQueue.fail(reason);
			submitFutures();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Callbacks to the owning connection.
	 */
	public interface Signals {

		/**
		 * Return the next heartbeat message. Called on the writing thread.
		 */
		WebSocketMessage<?> heartbeatMessage();

		/**
		 * A heartbeat is about to be written.
		 */
		void heartbeatBegins();

		/**
		 * A heartbeat was written.
		 */
		void heartbeatWritten();

		/**
		 * A write failed.
		 */
		void writeFailed();

		/**
		 * The lease of the client has ended, so nothing was written.
		 */
		void fenced();

		/**
		 * A write has been blocked for {@code send.timeout}.
		 */
		void writeStuck();

	}

	/**
	 * Writes to the transport.
	 */
	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

	/**
	 * Writes the close frame after the last message.
	 */
	private record Finish(Outbox outbox, CloseStatus status, long deadline, Runnable done) implements Runnable {

		@Override
		public void run() {
			this.outbox.writeClose(this);
		}

	}

}
