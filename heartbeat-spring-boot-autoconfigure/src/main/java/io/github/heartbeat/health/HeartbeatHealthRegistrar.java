package io.github.heartbeat.health;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClients;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Registers the health of the clients as {@code heartbeat} while at least one client
 * exists. Clients are created and removed at run time, and a bean would be a component
 * even without clients.
 *
 * @since 0.1.0
 */
public final class HeartbeatHealthRegistrar
		implements HeartbeatClientObserverFactory, ApplicationListener<ContextRefreshedEvent>, DisposableBean {

	private static final String NAME = "heartbeat";

	private final HealthContributorRegistry registry;

	private final HeartbeatHealthContributor contributor;

	private int observed;

	private boolean registered;

	private boolean destroyed;

	/**
	 * Create a registrar, and register the contributor if there are clients.
	 * @param registry the registry
	 * @param contributor the contributor to register
	 */
	public HeartbeatHealthRegistrar(HealthContributorRegistry registry, HeartbeatHealthContributor contributor) {
		this.registry = registry;
		this.contributor = contributor;
		update();
	}

	/**
	 * Count the client. Observers must not call {@link HeartbeatClients}, and a look at
	 * all clients would take time in proportion to their number.
	 */
	@Override
	public @Nullable HeartbeatClientObserver observe(HeartbeatClient client) {
		if (!client.getSettings().isHealthEnabled()) {
			return null;
		}
		count(1);
		return new HeartbeatClientObserver() {

			@Override
			public void removed() {
				count(-1);
			}

		};
	}

	private synchronized void count(int change) {
		this.observed += change;
		update(this.observed > 0);
	}

	/**
	 * Update the registration for clients that were created or removed before they were
	 * observed.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		update();
	}

	private void update() {
		update(!this.contributor.isEmpty());
	}

	private synchronized void update(boolean wanted) {
		if (!wanted || this.destroyed) {
			unregister();
		}
		else if (!this.registered && this.registry.getContributor(NAME) == null) {
			this.registry.registerContributor(NAME, this.contributor);
			this.registered = true;
		}
	}

	private void unregister() {
		if (this.registered) {
			this.registry.unregisterContributor(NAME);
			this.registered = false;
		}
	}

	/**
	 * Unregister the contributor, because the registry can belong to a parent context.
	 */
	@Override
	public synchronized void destroy() {
		unregister();
		this.destroyed = true;
	}

}
