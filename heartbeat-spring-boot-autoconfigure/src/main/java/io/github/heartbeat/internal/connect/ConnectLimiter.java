package io.github.heartbeat.internal.connect;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of concurrent attempts to one origin, a host and port
 * ({@code max-connects-per-origin}). Further attempts are queued in order; a queue
 * affects no other origin.
 */
public final class ConnectLimiter {

	private final int limit;

	private final Executor executor;

	@GuardedBy("this")
	private final Map<String, OriginQueue> origins = new HashMap<>();

	/**
	 * Create a limiter.
	 * @param limit the number of concurrent attempts to one origin
	 * @param executor runs the callback of a permit that is granted later
	 */
	public ConnectLimiter(int limit, Executor executor) {
		this.limit = limit;
		this.executor = executor;
	}

	public static String origin(URI url) {
		int port = url.getPort();
		if (port == -1) {
			port = "wss".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
		}
		return url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	/**
	 * Acquire a permit, or join the queue for one.
	 * @param onGranted run when the permit is granted later
	 */
	public synchronized Permit acquire(String origin, Runnable onGranted) {
		OriginQueue queue = this.origins.computeIfAbsent(origin, (key) -> new OriginQueue());
		Permit permit = new Permit(origin, onGranted, queue.permits < this.limit);
		if (permit.atOnce) {
			queue.permits++;
			permit.granted = true;
		}
		else {
			queue.waiting.add(permit);
		}
		return permit;
	}

	private void release(Permit permit) {
		Permit next;
		synchronized (this) {
			OriginQueue queue = this.origins.get(permit.origin);
			if (queue == null || queue.waiting.remove(permit) || !permit.granted) {
				return;
			}
			permit.granted = false;
			next = pass(permit.origin, queue);
		}
		if (next != null) {
			this.executor.execute(next.onGranted);
		}
	}

	@GuardedBy("this")
	private @Nullable Permit pass(String origin, OriginQueue queue) {
		Permit next = queue.waiting.poll();
		if (next != null) {
			next.granted = true;
			return next;
		}
		queue.permits--;
		if (queue.permits == 0) {
			this.origins.remove(origin);
		}
		return null;
	}

	private static final class OriginQueue {

		private final Deque<Permit> waiting = new ArrayDeque<>();

		private int permits;

	}

	/**
	 * The permission of one attempt to connect, granted or queued.
	 */
	public final class Permit {

		private final String origin;

		private final Runnable onGranted;

		private final boolean atOnce;

		private volatile boolean granted;

		private Permit(String origin, Runnable onGranted, boolean atOnce) {
			this.origin = origin;
			this.onGranted = onGranted;
			this.atOnce = atOnce;
		}

		/**
		 * Whether the permit was granted without waiting.
		 */
		public boolean isAtOnce() {
			return this.atOnce;
		}

		/**
		 * Whether the permit is granted, with or without waiting.
		 */
		public boolean isGranted() {
			return this.granted;
		}

		/**
		 * Return the permit, or leave the queue.
		 */
		public void release() {
			ConnectLimiter.this.release(this);
		}

	}

}
