package io.github.heartbeat.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Begins faults of the demo server, and ends those that last for a time.
 */
@Component
class Faults {

	private static final State NORMAL = new State(Fault.NORMAL, null);

	private final List<DemoEndpoint> endpoints;

	private final TaskScheduler scheduler;

	private final HookConsole console;

	private volatile State current = NORMAL;

	Faults(List<DemoEndpoint> endpoints, TaskScheduler scheduler, HookConsole console) {
		this.endpoints = endpoints;
		this.scheduler = scheduler;
		this.console = console;
	}

	State current() {
		return this.current;
	}

	int connections() {
		return this.endpoints.stream().mapToInt(DemoEndpoint::connections).sum();
	}

	/**
	 * Begin a fault.
	 * @param fault the fault
	 * @param duration how long it lasts, if it is timed
	 */
	synchronized void begin(Fault fault, Duration duration) {
		this.console.server(fault.toString(),
				fault.description() + (fault.isTimed() ? ", for " + Readable.seconds(duration) : ""));
		switch (fault) {
			case DROP -> each(DemoEndpoint::drop);
			case FREEZE -> each(DemoEndpoint::freeze);
			case SILENT -> enterFor(fault, duration);
			case REFUSE -> {
				enterFor(fault, duration);
				each(DemoEndpoint::drop);
			}
			case NORMAL -> {
				enter(NORMAL);
				each(DemoEndpoint::thaw);
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
			this.console.server(Fault.NORMAL.toString(), "the time of " + state.fault() + " is up");
			enter(NORMAL);
		}
	}

	private void enter(State state) {
		this.current = state;
		each((endpoint) -> endpoint.setSilent(state.fault() == Fault.SILENT));
	}

	private void each(Consumer<DemoEndpoint> action) {
		this.endpoints.forEach(action);
	}

	/**
	 * What is wrong now.
	 *
	 * @param fault the fault
	 * @param until when it ends by itself, or {@code null} if it does not
	 */
	record State(Fault fault, @Nullable Instant until) {

	}

}
