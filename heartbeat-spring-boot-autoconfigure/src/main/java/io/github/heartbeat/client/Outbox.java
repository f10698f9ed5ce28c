package io.github.heartbeat.client;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatSendException;
import io.github.heartbeat.HeartbeatSendException.Reason;
import io.github.heartbeat.client.Timer.Timeout;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * What waits to be written on one connection. Senders only queue; one task at a time
 * writes, in order, with heartbeats ahead of messages. Futures end on the hook executor,
 * so that nobody's code runs on the thread that writes.
 */
final class Outbox {

	private static final Log logger = LogFactory.getLog(Outbox.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Entry> greetings = new ArrayDeque<>();

	private final Deque<Entry> waiting = new ArrayDeque<>();

	private final String clientName;

	private final int maxMessages;

	private final long maxBytes;

	private final long timeoutNanos;

	private final Link link;

	private final Signals signals;

	private final EngineResources resources;

	private long waitingBytes;

	private boolean writerActive;

	private boolean heartbeatRequested;

	private @Nullable Entry writing;

	private @Nullable Reason refusal;

	private boolean failed;

	private @Nullable Finish finish;

	private @Nullable Timeout watch;

	private volatile long writeBeganAt;

	private volatile boolean inWrite;

	Outbox(String clientName, HeartbeatClientSettings settings, Link link, Signals signals, EngineResources resources) {
		this.clientName = clientName;
		this.maxMessages = settings.getSendQueueMessages();
		this.maxBytes = settings.getSendQueueBytes().toBytes();
		this.timeoutNanos = settings.getSendTimeout().toNanos();
		this.link = link;
		this.signals = signals;
		this.resources = resources;
	}

	/**
	 * Queue a message.
	 * @return why not, or {@code null} if it is queued and the future will end
	 */
	@Nullable Reason offer(WebSocketMessage<?> message, CompletableFuture<Void> future) {
		long bytes = size(message);
		return queue(() -> {
			if (!this.waiting.isEmpty()
					&& (this.waiting.size() >= this.maxMessages || this.waitingBytes + bytes > this.maxBytes)) {
				return Reason.QUEUE_FULL;
			}
			this.waiting.add(new Entry(ownPosition(message), bytes, future));
			this.waitingBytes += bytes;
			return null;
		});
	}

	/**
	 * Queue a message ahead of all others but the greetings before it. No bounds apply.
	 * @return why not, or {@code null} if it is queued and the future will end
	 */
	@Nullable Reason offerGreeting(WebSocketMessage<?> message, CompletableFuture<Void> future) {
		return queue(() -> {
			this.greetings.add(new Entry(ownPosition(message), 0, future));
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

	private static long size(WebSocketMessage<?> message) {
		return (message instanceof TextMessage text) ? Utf8.length(text.getPayload()) : message.getPayloadLength();
	}

	/**
	 * The buffer of a message may be sent to many: each send reads it from its position.
	 */
	private static WebSocketMessage<?> ownPosition(WebSocketMessage<?> message) {
		if (message instanceof BinaryMessage binary) {
			return new BinaryMessage(binary.getPayload().duplicate());
		}
		if (message instanceof PingMessage ping) {
			return new PingMessage(ping.getPayload().duplicate());
		}
		return (message instanceof PongMessage pong) ? new PongMessage(pong.getPayload().duplicate()) : message;
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
			if (this.failed) {
				this.writerActive = false;
				return null;
			}
			if (this.heartbeatRequested) {
				this.heartbeatRequested = false;
				return this::writeHeartbeat;
			}
			Entry entry = this.greetings.isEmpty() ? this.waiting.poll() : this.greetings.poll();
			if (entry != null) {
				this.waitingBytes -= entry.bytes();
				this.writing = entry;
				return () -> writeMessage(entry);
			}
			Finish finish = this.finish;
			this.finish = null;
			if (finish != null) {
				return () -> writeClose(finish);
			}
			this.writerActive = false;
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void writeHeartbeat() {
		WebSocketMessage<?> message = this.signals.heartbeatMessage();
		this.signals.heartbeatBegins();
		if (writeWatched(message)) {
			this.signals.heartbeatWritten();
		}
	}

	private void writeMessage(Entry entry) {
		boolean written = writeWatched(entry.message());
		this.lock.lock();
		try {
			this.writing = null;
		}
		finally {
			this.lock.unlock();
		}
		end(entry, written ? null : Reason.CONNECTION_LOST);
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

	private boolean writeWatched(WebSocketMessage<?> message) {
		this.writeBeganAt = this.resources.ticker().nanoTime();
		this.inWrite = true;
		watch();
		try {
			this.link.write(message);
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
		this.signals.writeFailed(Kind.CONNECTION_LOST, "The connection was lost while writing");
	}

	/**
	 * One timeout looks after all writes: it is armed by the first one and then looks at
	 * the one under way when it is due.
	 */
	private void watch() {
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
		this.signals.writeFailed(Kind.WRITE_TIMEOUT, "A write was stuck for send.timeout");
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
	 * Write what is queued, then a close frame.
	 * @param status the status to send
	 * @param deadline the time by which the frame must be out
	 * @param done run when the close frame is out or cannot be written
	 */
	void finish(CloseStatus status, long deadline, Runnable done) {
		this.lock.lock();
		try {
			if (!this.failed) {
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
	 * End all futures, the one being written included.
	 */
	void fail(Reason reason) {
		this.lock.lock();
		try {
			if (this.refusal == null) {
				this.refusal = reason;
			}
			this.failed = true;
			this.heartbeatRequested = false;
			if (this.watch != null) {
				this.watch.cancel();
				this.watch = null;
			}
			if (this.writing != null) {
				end(this.writing, reason);
				this.writing = null;
			}
			this.greetings.forEach((entry) -> end(entry, reason));
			this.greetings.clear();
			this.waiting.forEach((entry) -> end(entry, reason));
			this.waiting.clear();
			this.waitingBytes = 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Each future has a task of its own: what depends on it may wait for the next one.
	 */
	private void end(Entry entry, @Nullable Reason failure) {
		this.resources.hooks().execute(() -> {
			if (failure != null) {
				entry.future().completeExceptionally(new HeartbeatSendException(this.clientName, failure));
			}
			else {
				entry.future().complete(null);
			}
		});
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
		 * A write failed or is stuck.
		 */
		void writeFailed(Kind kind, String message);

	}

	private record Entry(WebSocketMessage<?> message, long bytes, CompletableFuture<Void> future) {
	}

	private record Finish(CloseStatus status, long deadline, Runnable done) {
	}

}
