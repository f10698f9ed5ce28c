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

	private static final State NORMAL = new State(Fault.NORMAL, null, null);

	private final List<DemoEndpoint> endpoints;

	private final TaskScheduler scheduler;

	private final ApplicationEventPublisher events;

	private final FaultForecast forecast;

	private volatile State current = NORMAL;

	Faults(List<DemoEndpoint> endpoints, TaskScheduler scheduler, ApplicationEventPublisher events,
			FaultForecast forecast) {
		this.endpoints = endpoints;
		this.scheduler = scheduler;
		this.events = events;
		this.forecast = forecast;
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
	 * @return the expected effect
	 */
	synchronized FaultForecast.Forecast begin(Fault fault, Duration duration) {
		FaultForecast.Forecast expected = this.forecast.of(fault, duration, this.current);
		if (fault.isTimed()) {
			enterFor(fault, duration);
		}
		else if (fault == Fault.NORMAL) {
			enter(NORMAL);
		}
		else if (fault == Fault.FREEZE) {
			this.current = new State(this.current.fault(), this.current.until(), Instant.now());
		}
		String time = fault.isTimed() ? ", for " + Readable.seconds(duration) : "";
		this.events.publishEvent(new FaultEvent(fault, fault.description() + time, expected));
		switch (fault) {
			case DROP, REFUSE -> each(DemoEndpoint::drop);
			case FREEZE -> each(DemoEndpoint::freeze);
			case NORMAL -> each(DemoEndpoint::thaw);
			default -> {
			}
		}
		return expected;
	}

	private void enterFor(Fault fault, Duration duration) {
		Instant until = this.scheduler.getClock().instant().plus(duration);
		enter(new State(fault, until, this.current.frozen()));
		this.scheduler.schedule(() -> end(fault, until), until);
	}

	private synchronized void end(Fault fault, Instant until) {
		if (until.equals(this.current.until())) {
			enter(new State(Fault.NORMAL, null, this.current.frozen()));
			this.events.publishEvent(new FaultEvent(Fault.NORMAL, "the time of " + fault + " is up", null));
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
	 * @param frozen when connections were frozen, or {@code null} if none are frozen
	 */
	record State(Fault fault, @Nullable Instant until, @Nullable Instant frozen) {

		/**
		 * Return how long the fault lasts.
		 */
		Duration left() {
			Duration left = (this.until != null) ? Duration.between(Instant.now(), this.until) : Duration.ZERO;
			return left.isNegative() ? Duration.ZERO : left;
		}

	}

}
