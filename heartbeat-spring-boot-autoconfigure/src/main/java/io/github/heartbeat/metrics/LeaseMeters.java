package io.github.heartbeat.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.heartbeat.leader.HeartbeatLeaseLostReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;

/**
 * Meters of the leases of one group. They exist only if a client of the group is led.
 */
final class LeaseMeters {

	private final Counter grants;

	private final Map<HeartbeatLeaseLostReason, Counter> losses;

	private final Map<String, Timer> calls;

	LeaseMeters(GroupMeters group) {
		this.grants = group.counter("lease.grants", "Leases acquired");
		this.losses = Stream.of(HeartbeatLeaseLostReason.values())
			.collect(Collectors.toMap(Function.identity(), (reason) -> group.counter("lease.losses",
					"Leases lost or given back", (builder) -> builder.tag("reason", lowerCase(reason)))));
		this.calls = Stream.of("acquire", "renew", "release")
			.flatMap((verb) -> Stream.of("kept", "refused", "error").map((outcome) -> List.of(verb, outcome)))
			.collect(Collectors.toMap((tags) -> key(tags.get(0), tags.get(1)),
					(tags) -> group.timer("lease.calls", "Calls of the store of the leases",
							(builder) -> builder.tag("verb", tags.get(0)).tag("outcome", tags.get(1)))));
	}

	private static String lowerCase(HeartbeatLeaseLostReason reason) {
		return reason.name().toLowerCase(Locale.ROOT);
	}

	private static String key(String verb, String outcome) {
		return verb + ' ' + outcome;
	}

	void granted() {
		this.grants.increment();
	}

	void lost(HeartbeatLeaseLostReason reason) {
		Counter counter = this.losses.get(reason);
		if (counter != null) {
			counter.increment();
		}
	}

	void called(String verb, String outcome, Duration duration) {
		Timer timer = this.calls.get(key(verb, outcome));
		if (timer != null) {
			timer.record(duration);
		}
	}

}
