package io.github.heartbeat.endpoint;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import org.jspecify.annotations.Nullable;

/**
 * Records the last transitions of each client.
 *
 * @since 0.1.0
 */
public final class TransitionHistory implements HeartbeatClientObserverFactory {

	private static final int LENGTH = 50;

	private final Map<HeartbeatClient, Transitions> clients = new ConcurrentHashMap<>();

	private final InstantSource clock;

	/**
	 * Create a history.
	 * @param clock the source of the times of transitions
	 */
	public TransitionHistory(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public HeartbeatClientObserver observe(HeartbeatClient client) {
		return this.clients.computeIfAbsent(client, Transitions::new);
	}

	/**
	 * Return the last transitions of a client, the oldest first.
	 */
	List<Transition> of(HeartbeatClient client) {
		Transitions transitions = this.clients.get(client);
		return (transitions != null) ? transitions.last() : List.of();
	}

	private final class Transitions implements HeartbeatClientObserver {

		private final HeartbeatClient client;

		private final Deque<Transition> last = new ArrayDeque<>();

		Transitions(HeartbeatClient client) {
			this.client = client;
		}

		@Override
		public void stateChanged(HeartbeatClientState state, @Nullable HeartbeatConnectionException cause) {
			add(state.name(), (cause != null) ? cause.getMessage() : null);
		}

		@Override
		public void leaseGranted() {
			add("LEASE_GRANTED", null);
		}

		@Override
		public void leaseLost(HeartbeatLeaseLostReason reason) {
			add("LEASE_LOST", reason.name());
		}

		private void add(String state, @Nullable String cause) {
			Transition transition = new Transition(
					TransitionHistory.this.clock.instant().truncatedTo(ChronoUnit.MILLIS), state, cause);
			synchronized (this.last) {
				if (this.last.size() == LENGTH) {
					this.last.removeFirst();
				}
				this.last.add(transition);
			}
		}

		List<Transition> last() {
			synchronized (this.last) {
				return List.copyOf(this.last);
			}
		}

		@Override
		public void removed() {
			TransitionHistory.this.clients.remove(this.client);
		}

	}

}
