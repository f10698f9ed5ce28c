package io.github.heartbeat.metrics;

import java.util.HashMap;
import java.util.Map;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The meters of all clients. Clients of one group share theirs, which are there from the
 * first client of the group to the last.
 *
 * @since 0.1.0
 */
public final class HeartbeatMeters implements HeartbeatClientObserverFactory {

	private final MeterRegistry registry;

	private final Map<String, GroupMeters> groups = new HashMap<>();

	/**
	 * Create the meters.
	 * @param registry where to register them
	 */
	public HeartbeatMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public synchronized HeartbeatClientObserver observe(HeartbeatClient client) {
		String name = client.getGroup();
		GroupMeters group = this.groups.computeIfAbsent(name, (key) -> new GroupMeters(key, this.registry));
		group.add(client);
		return new ClientMeters(group, () -> removed(client));
	}

	private synchronized void removed(HeartbeatClient client) {
		String name = client.getGroup();
		GroupMeters group = this.groups.get(name);
		if (group != null && group.remove(client)) {
			this.groups.remove(name);
		}
	}

}
