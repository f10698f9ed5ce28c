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
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.awaitility.Awaitility;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Records the hooks of clients as lines such as {@code CLOSE 1006 HEARTBEAT} with their
 * times, and detects overlapping hooks of one client.
 * <p>
 * A hook ends when this listener returns. It starts when this listener is called, or, if
 * {@link #first()} is also registered, when that listener is called. With the listeners
 * {@code
 * first()}, any others, and this log, in this order, each hook is observed for its whole
 * duration, regardless of the listeners in between.
 */
public class HookLog implements HeartbeatListener {

	private final List<Entry> entries = new ArrayList<>();

	/** The threads that currently run a hook of a client. */
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

	@Override
	public void onLeaseGranted(HeartbeatClient client, HeartbeatLease lease, Duration standby) {
		add(client, "GRANTED");
	}

	@Override
	public void onLeaseLost(HeartbeatClient client, HeartbeatLease lease, HeartbeatLeaseLostReason reason) {
		add(client, "LOST " + reason);
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
	 * Return a listener that marks the start of each hook. Register it before all other
	 * listeners of a client, and this log after them.
	 */
	public HeartbeatListener first() {
		return new First();
	}

	/**
	 * Return whether a hook started before the previous hook of the same client ended.
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
	 * Wait for the first entry of a kind and return it.
	 */
	public Entry await(String prefix) {
		return await(prefix, 1);
	}

	/**
	 * Wait for the n-th entry of a kind and return it.
	 */
	public Entry await(String prefix, int occurrence) {
		Predicate<Entry> matches = (entry) -> entry.line().startsWith(prefix);
		Awaitility.await(prefix + " no. " + occurrence + " in " + this)
			.pollInSameThread()
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
	 * Marks the start of each hook.
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
	 * A recorded hook.
	 *
	 * @param line the description of the hook
	 * @param nanoTime the time at which it ran
	 * @param thread the thread that ran it
	 */
	public record Entry(String line, long nanoTime, String thread) {

		public double secondsSince(long nanoTime) {
			return (this.nanoTime - nanoTime) / 1e9;
		}

	}

}
