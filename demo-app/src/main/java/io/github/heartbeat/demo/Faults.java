package io.github.heartbeat.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Starts faults of the demo server and ends timed faults.
 */
@Component
class Faults {

	private static final State NORMAL = new State(Fault.NORMAL, null);

	private final List<DemoEndpoint> endpoints;

	private final TaskScheduler scheduler;

	private final ApplicationEventPublisher events;

	private volatile State current = NORMAL;

	Faults(List<DemoEndpoint> endpoints, TaskScheduler scheduler, ApplicationEventPublisher events) {
		this.endpoints = endpoints;
		this.scheduler = scheduler;
		this.events = events;
	}

	State current() {
		return this.current;
	}

	int connections() {
		return this.endpoints.stream().mapToInt(DemoEndpoint::connections).sum();
	}

	/**
	 * Start a fault.
	 * @param fault the fault
	 * @param duration the duration, if the fault is timed
	 */
	synchronized void begin(Fault fault, Duration duration) {
		if (fault.isTimed()) {
			enterFor(fault, duration);
		}
		else if (fault == Fault.NORMAL) {
			enter(NORMAL);
		}
		String time = fault.isTimed() ? ", for " + Readable.seconds(duration) : "";
		this.events.publishEvent(new FaultEvent(fault, fault.description() + time));
		switch (fault) {
			case DROP, REFUSE -> each(DemoEndpoint::drop);
			case FREEZE -> each(DemoEndpoint::freeze);
			case NORMAL -> each(DemoEndpoint::thaw);
			default -> {
			}
		}
	}

	private void enterFor(Fault fault, Duration duration) {
		Instant until = this.scheduler.getClock().instant().plus(duration);
		State state = new State(fault, until);
		enter(state);
		this.scheduler.schedule(() -> end(state), until);
	}

	private synchronized void end(State state) {
		if (this.current == state) {
			enter(NORMAL);
			this.events.publishEvent(new FaultEvent(Fault.NORMAL, "the time of " + state.fault() + " is up"));
		}
	}

	private void enter(State state) {
		this.current = state;
		each((endpoint) -> endpoint.setFault(state.fault()));
	}

	private void each(Consumer<DemoEndpoint> action) {
		this.endpoints.forEach(action);
	}

	/**
	 * The current fault.
	 *
	 * @param fault the fault
	 * @param until when the fault ends automatically, or {@code null} if it does not
	 */
	record State(Fault fault, @Nullable Instant until) {

	}

}
