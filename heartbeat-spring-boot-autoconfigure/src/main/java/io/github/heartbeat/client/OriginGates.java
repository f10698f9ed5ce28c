package io.github.heartbeat.client;

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
 * Bounds how many attempts are under way to one host and port at a time. Those beyond
 * wait in the order in which they came, and hold up no other origin.
 */
final class OriginGates {

	private final int limit;

	private final Executor executor;

	@GuardedBy("this")
	private final Map<String, Gate> gates = new HashMap<>();

	/**
	 * Create the gates.
	 * @param limit how many attempts may be under way to one origin
	 * @param executor tells those who waited that it is their turn
	 */
	OriginGates(int limit, Executor executor) {
		this.limit = limit;
		this.executor = executor;
	}

	static String origin(URI url) {
		int port = url.getPort();
		if (port == -1) {
			port = "wss".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
		}
		return url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	/**
	 * Take a place, or wait for one.
	 * @param admitted run when a place has become free, unless there was one at once
	 */
	synchronized Place enter(String origin, Runnable admitted) {
		Gate gate = this.gates.computeIfAbsent(origin, (key) -> new Gate());
		Place place = new Place(origin, admitted, gate.taken < this.limit);
		if (place.atOnce) {
			gate.taken++;
			place.held = true;
		}
		else {
			gate.waiting.add(place);
		}
		return place;
	}

	private void release(Place place) {
		Place next;
		synchronized (this) {
			Gate gate = this.gates.get(place.origin);
			if (gate == null || gate.waiting.remove(place) || !place.held) {
				return;
			}
			place.held = false;
			next = pass(place.origin, gate);
		}
		if (next != null) {
			this.executor.execute(next.admitted);
		}
	}

	@GuardedBy("this")
	private @Nullable Place pass(String origin, Gate gate) {
		Place next = gate.waiting.poll();
		if (next != null) {
			next.held = true;
			return next;
		}
		gate.taken--;
		if (gate.taken == 0) {
			this.gates.remove(origin);
		}
		return null;
	}

	private static final class Gate {

		private final Deque<Place> waiting = new ArrayDeque<>();

		private int taken;

	}

	/**
	 * A place at a gate, or in the queue before it.
	 */
	final class Place {

		private final String origin;

		private final Runnable admitted;

		private final boolean atOnce;

		private volatile boolean held;

		private Place(String origin, Runnable admitted, boolean atOnce) {
			this.origin = origin;
			this.admitted = admitted;
			this.atOnce = atOnce;
		}

		/**
		 * Whether there was a place at once.
		 */
		boolean isAtOnce() {
			return this.atOnce;
		}

		/**
		 * Whether the place was granted, at once or later.
		 */
		boolean isGranted() {
			return this.held;
		}

		/**
		 * Give the place back, or wait for it no longer.
		 */
		void release() {
			OriginGates.this.release(this);
		}

	}

}
