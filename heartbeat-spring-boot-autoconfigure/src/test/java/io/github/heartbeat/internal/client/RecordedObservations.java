package io.github.heartbeat.internal.client;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.observation.HeartbeatAttemptObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

/**
 * Counts the observations that are open, and records the attempts that have ended.
 */
final class RecordedObservations implements ObservationHandler<Observation.Context> {

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger stopped = new AtomicInteger();

	private final Queue<HeartbeatAttemptObservationContext> attempts = new ConcurrentLinkedQueue<>();

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

	@Override
	public void onStart(Observation.Context context) {
		this.started.incrementAndGet();
	}

	@Override
	public void onStop(Observation.Context context) {
		this.stopped.incrementAndGet();
		if (context instanceof HeartbeatAttemptObservationContext attempt) {
			this.attempts.add(attempt);
		}
	}

	int started() {
		return this.started.get();
	}

	int open() {
		return this.started.get() - this.stopped.get();
	}

	/**
	 * Return the contexts of the attempts that have ended.
	 */
	List<HeartbeatAttemptObservationContext> attempts() {
		return List.copyOf(this.attempts);
	}

	/**
	 * Return the outcome and the error kind of each attempt that has ended.
	 */
	List<String> outcomes() {
		return this.attempts.stream()
			.map((context) -> context.getLowCardinalityKeyValue("outcome").getValue() + " "
					+ context.getLowCardinalityKeyValue("error.kind").getValue())
			.toList();
	}

}
