package io.github.heartbeat.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatInitiator;
import io.github.heartbeat.HeartbeatListener;
import org.awaitility.Awaitility;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Records the hooks of clients as lines such as {@code CLOSE 1006 HEARTBEAT}, with their
 * times, and detects hooks of one client that overlap.
 * <p>
 * A hook ends when this listener returns. It begins when this listener is called, or,
 * where {@link #first()} is registered as well, when that listener is called. So a client
 * with the listeners {@code first()}, any others, and this log has each hook watched for
 * its whole duration, whatever the listeners between do.
 */
public class HookLog implements HeartbeatListener {

	private final List<Entry> entries = new ArrayList<>();

	/** The threads that are within a hook of a client. */
	private final Map<HeartbeatClient, Thread> running = new ConcurrentHashMap<>();

	private volatile boolean overlapped;

	@Override
	public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
		add(client, reconnect ? "OPEN again" : "OPEN");
	}

	@Override
	public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
		add(client, "MESSAGE " + message.getPayload());
	}

	@Override
	public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
		add(client, "ERROR " + cause.getKind() + ((cause.getStatus() != null) ? " " + cause.getStatus() : ""));
	}

	@Override
	public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
		add(client, "CLOSE " + status.getCode() + " " + initiator);
	}

	@Override
	public void onReconnect(HeartbeatClient client, int attempt, Duration wait, HeartbeatConnectionException cause) {
		add(client, "RECONNECT " + attempt);
	}

	@Override
	public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
		add(client, "EXHAUSTED " + attempts);
	}

	private void add(HeartbeatClient client, String line) {
		if (this.running.get(client) != Thread.currentThread()) {
			enter(client);
		}
		try {
			synchronized (this.entries) {
				this.entries.add(new Entry(line, System.nanoTime(), Thread.currentThread().getName()));
			}
		}
		finally {
			this.running.remove(client, Thread.currentThread());
		}
	}

	private void enter(HeartbeatClient client) {
		if (this.running.putIfAbsent(client, Thread.currentThread()) != null) {
			this.overlapped = true;
		}
	}

	/**
	 * Return a listener that marks the beginning of each hook. It belongs before all
	 * other listeners of a client, and this log after them.
	 */
	public HeartbeatListener first() {
		return new First();
	}

	/**
	 * Whether a hook began before another one of the same client had ended.
	 */
	public boolean hasOverlapped() {
		return this.overlapped;
	}

	public List<Entry> entries() {
		synchronized (this.entries) {
			return List.copyOf(this.entries);
		}
	}

	public List<String> lines() {
		return entries().stream().map(Entry::line).toList();
	}

	public long count(String prefix) {
		return lines().stream().filter((line) -> line.startsWith(prefix)).count();
	}

	/**
	 * Return the first entry of a kind, waiting for it.
	 */
	public Entry await(String prefix) {
		return await(prefix, 1);
	}

	/**
	 * Return the n-th entry of a kind, waiting for it.
	 */
	public Entry await(String prefix, int occurrence) {
		Predicate<Entry> matches = (entry) -> entry.line().startsWith(prefix);
		Awaitility.await(prefix + " no. " + occurrence + " in " + this)
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(2))
			.until(() -> entries().stream().filter(matches).count() >= occurrence);
		return entries().stream().filter(matches).skip(occurrence - 1).findFirst().orElseThrow();
	}

	@Override
	public String toString() {
		return lines().toString();
	}

	/**
	 * Marks the beginning of each hook.
	 */
	private final class First implements HeartbeatListener {

		@Override
		public void onOpen(HeartbeatClient client, WebSocketSession session, boolean reconnect) {
			enter(client);
		}

		@Override
		public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
			enter(client);
		}

		@Override
		public void onError(HeartbeatClient client, HeartbeatConnectionException cause) {
			enter(client);
		}

		@Override
		public void onClose(HeartbeatClient client, CloseStatus status, HeartbeatInitiator initiator) {
			enter(client);
		}

		@Override
		public void onReconnect(HeartbeatClient client, int attempt, Duration wait,
				HeartbeatConnectionException cause) {
			enter(client);
		}

		@Override
		public void onExhausted(HeartbeatClient client, int attempts, HeartbeatConnectionException cause) {
			enter(client);
		}

	}

	/**
	 * A hook.
	 *
	 * @param line what it said
	 * @param nanoTime when it ran
	 * @param thread where it ran
	 */
	public record Entry(String line, long nanoTime, String thread) {

		public double secondsSince(long nanoTime) {
			return (this.nanoTime - nanoTime) / 1e9;
		}

	}

}
