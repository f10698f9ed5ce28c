package io.github.heartbeat.benchmark.contestant;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeases;

/**
 * Leases of one replica, in memory.
 */
final class MemoryLeases implements HeartbeatLeases {

	private final Map<String, HeartbeatLease> held = new ConcurrentHashMap<>();

	@Override
	public HeartbeatLease acquire(String name, Duration lease) {
		return this.held.computeIfAbsent(name, (key) -> HeartbeatLease.of(key, "benchmark", Instant.now()));
	}

	@Override
	public boolean renew(String name, Duration lease) {
		return this.held.containsKey(name);
	}

	@Override
	public void release(String name) {
		this.held.remove(name);
	}

}
