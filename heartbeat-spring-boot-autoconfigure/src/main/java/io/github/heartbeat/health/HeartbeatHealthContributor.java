package io.github.heartbeat.health;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

/**
 * Health of all clients. Contains a component for each client that exists at the time of
 * the call.
 *
 * @since 0.1.0
 */
public final class HeartbeatHealthContributor implements CompositeHealthContributor {

	private final HeartbeatClients clients;

	private final Duration downAfter;

	/**
	 * Create a contributor.
	 * @param clients the clients
	 * @param downAfter the duration of an outage after which a client is reported as DOWN
	 */
	public HeartbeatHealthContributor(HeartbeatClients clients, Duration downAfter) {
		this.clients = clients;
		this.downAfter = downAfter;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		HeartbeatClient client = this.clients.get(name);
		return (client != null && client.getSettings().isHealthEnabled()) ? indicator(client) : null;
	}

	@Override
	public Stream<HealthContributors.Entry> stream() {
		return components().map((client) -> new HealthContributors.Entry(client.getName(), indicator(client)));
	}

	boolean isEmpty() {
		for (HeartbeatClient client : this.clients.getAll().values()) {
			if (client.getSettings().isHealthEnabled()) {
				return false;
			}
		}
		return true;
	}

	private Stream<HeartbeatClient> components() {
		return this.clients.getAll().values().stream().filter((client) -> client.getSettings().isHealthEnabled());
	}

	private HealthContributor indicator(HeartbeatClient client) {
		return new HeartbeatHealthIndicator(client, this.downAfter);
	}

}
