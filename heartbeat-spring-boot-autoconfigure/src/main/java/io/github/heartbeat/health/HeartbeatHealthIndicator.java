package io.github.heartbeat.health;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSnapshot;
import io.github.heartbeat.HeartbeatClientState;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of one client. Short outages are expected for a client that reconnects. It is
 * therefore DOWN only after a long outage or when it has given up.
 *
 * @since 0.1.0
 */
public final class HeartbeatHealthIndicator implements HealthIndicator {

	private final HeartbeatClient client;

	private final Duration downAfter;

	/**
	 * Create an indicator.
	 * @param client the client
	 * @param downAfter the duration of an outage after which the client is reported as
	 * DOWN
	 */
	public HeartbeatHealthIndicator(HeartbeatClient client, Duration downAfter) {
		this.client = client;
		this.downAfter = downAfter;
	}

	@Override
	public Health health() {
		HeartbeatClientSnapshot snapshot = this.client.getSnapshot();
		Health.Builder health = new Health.Builder(status(snapshot));
		health.withDetail("url", this.client.getSettings().getDisplayUrl())
			.withDetail("state", snapshot.state())
			.withDetail("since", snapshot.since())
			.withDetail("repeat", snapshot.repeat())
			.withDetail("reconnects", snapshot.reconnects());
		detail(health, "lastReceived", snapshot.lastReceived());
		detail(health, "lastClose", details(snapshot.lastClose()));
		detail(health, "lastError", details(snapshot.lastError()));
		detail(health, "nextAttempt", snapshot.nextAttempt());
		detail(health, "lease", details(snapshot.lease(), snapshot.taken()));
		detail(health, "slowHook", details(snapshot.slowHook()));
		return health.build();
	}

	private Status status(HeartbeatClientSnapshot snapshot) {
		HeartbeatClientSnapshot.Lease lease = snapshot.lease();
		if (lease != null && snapshot.state() != HeartbeatClientState.STOPPED && lasts(lease.silentSince(), snapshot)) {
			return Status.DOWN;
		}
		return switch (snapshot.state()) {
			case OPEN, STANDBY -> Status.UP;
			case STOPPED -> Status.UNKNOWN;
			case EXHAUSTED -> Status.DOWN;
			case CONNECTING, WAITING -> lasts(snapshot.outageSince(), snapshot) ? Status.DOWN : Status.UP;
		};
	}

	private boolean lasts(@Nullable Instant since, HeartbeatClientSnapshot snapshot) {
		return since != null && Duration.between(since, snapshot.taken()).compareTo(this.downAfter) > 0;
	}

	private static @Nullable Map<String, Object> details(HeartbeatClientSnapshot.@Nullable Close close) {
		return (close != null) ? ordered("at", close.at(), "code", close.code(), "initiator", close.initiator()) : null;
	}

	private static @Nullable Map<String, Object> details(HeartbeatClientSnapshot.@Nullable Failure failure) {
		return (failure != null) ? ordered("at", failure.at(), "kind", failure.cause().getKind(), "message",
				String.valueOf(failure.cause().getMessage())) : null;
	}

	/**
	 * Return the lease with the time for which it is still valid.
	 */
	private static @Nullable Map<String, Object> details(HeartbeatClientSnapshot.@Nullable Lease lease, Instant taken) {
		if (lease == null) {
			return null;
		}
		Map<String, Object> details = ordered("name", lease.name(), "held", lease.held());
		put(details, "validFor", (lease.validUntil() != null) ? Duration.between(taken, lease.validUntil()) : null);
		put(details, "renewedAt", lease.renewedAt());
		put(details, "silentSince", lease.silentSince());
		put(details, "error", lease.error());
		return details;
	}

	private static void put(Map<String, Object> details, String name, @Nullable Object value) {
		if (value != null) {
			details.put(name, value);
		}
	}

	private static @Nullable Map<String, Object> details(HeartbeatClientSnapshot.@Nullable SlowHook slowHook) {
		return (slowHook != null) ? ordered("hook", slowHook.hook(), "since", slowHook.since()) : null;
	}

	private static Map<String, Object> ordered(Object... namesAndValues) {
		Map<String, Object> details = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			details.put((String) namesAndValues[i], namesAndValues[i + 1]);
		}
		return details;
	}

	private static void detail(Health.Builder health, String name, @Nullable Object value) {
		if (value != null) {
			health.withDetail(name, value);
		}
	}

}
