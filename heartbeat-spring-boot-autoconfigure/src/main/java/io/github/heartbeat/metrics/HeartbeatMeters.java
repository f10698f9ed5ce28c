package io.github.heartbeat.metrics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Meters of all clients. Clients of one group share meters, which are registered with the
 * first client of the group and removed with the last.
 *
 * @since 0.1.0
 */
public final class HeartbeatMeters implements HeartbeatClientObserverFactory {

	private static final Log logger = LogFactory.getLog(HeartbeatMeters.class);

	private static final int MANY_CLIENTS = 500;

	/** The meters that Micrometer makes of observations, and never removes. */
	private static final Set<String> OBSERVED = Set.of("heartbeat.client.attempt", "heartbeat.client.attempt.active",
			"heartbeat.client.message", "heartbeat.client.message.active");

	private final MeterRegistry registry;

	private final SharedMeters shared;

	private final Map<String, GroupMeters> groups = new HashMap<>();

	private int ungrouped;

	private boolean warned;

	/**
	 * Create the meters.
	 * @param registry the registry
	 */
	public HeartbeatMeters(MeterRegistry registry) {
		this.registry = registry;
		this.shared = new SharedMeters(registry);
	}

	@Override
	public synchronized HeartbeatClientObserver observe(HeartbeatClient client) {
		String name = client.getGroup();
		GroupMeters group = this.groups.get(name);
		if (group == null) {
			group = new GroupMeters(name, this.shared);
			this.groups.put(name, group);
		}
		if (group.add(client) && client.getSettings().getGroup() == null) {
			this.ungrouped++;
			warnIfMany();
		}
		return new ClientMeters(group, () -> removed(client), () -> terminated(name));
	}

	private void warnIfMany() {
		if (this.ungrouped > MANY_CLIENTS && this.shared.size() > MANY_CLIENTS && !this.warned) {
			this.warned = true;
			logger.warn("More than " + MANY_CLIENTS + " clients have meters of their own, "
					+ this.shared.size() / this.groups.size() + " each. Set 'group' so that clients share meters.");
		}
	}

	private synchronized void removed(HeartbeatClient client) {
		String name = client.getGroup();
		GroupMeters group = this.groups.get(name);
		if (group == null || !group.remove(client)) {
			return;
		}
		if (client.getSettings().getGroup() == null) {
			this.ungrouped--;
		}
		if (group.isEmpty()) {
			this.groups.remove(name);
		}
	}

	/**
	 * Remove the meters of observations with the last client of a group, when none of its
	 * observations can end any more.
	 */
	private synchronized void terminated(String name) {
		if (this.groups.containsKey(name)) {
			return;
		}
		this.registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> OBSERVED.contains(id.getName()) && name.equals(id.getTag("client")))
			.forEach(this.registry::remove);
	}

}
