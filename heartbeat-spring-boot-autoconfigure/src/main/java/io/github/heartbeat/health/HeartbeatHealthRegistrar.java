package io.github.heartbeat.health;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientObserver;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Registers the health of the clients as {@code heartbeat} while there is any. A bean
 * would be a component even without clients, which come and go at run time.
 *
 * @since 0.1.0
 */
public final class HeartbeatHealthRegistrar
		implements HeartbeatClientObserverFactory, ApplicationListener<ContextRefreshedEvent>, DisposableBean {

	private static final String NAME = "heartbeat";

	private final HealthContributorRegistry registry;

	private final HeartbeatHealthContributor contributor;

	private boolean registered;

	private boolean destroyed;

	/**
	 * Create a registrar, and register if there are clients.
	 * @param registry where to register
	 * @param contributor what to register
	 */
	public HeartbeatHealthRegistrar(HealthContributorRegistry registry, HeartbeatHealthContributor contributor) {
		this.registry = registry;
		this.contributor = contributor;
		update();
	}

	@Override
	public @Nullable HeartbeatClientObserver observe(HeartbeatClient client) {
		update();
		return new HeartbeatClientObserver() {

			@Override
			public void removed() {
				update();
			}

		};
	}

	/**
	 * Clients may have come and gone before anybody observed them.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		update();
	}

	private synchronized void update() {
		boolean wanted = !this.destroyed && !this.contributor.isEmpty();
		if (wanted && !this.registered && this.registry.getContributor(NAME) == null) {
			this.registry.registerContributor(NAME, this.contributor);
			this.registered = true;
		}
		else if (!wanted) {
			unregister();
		}
	}

	private void unregister() {
		if (this.registered) {
			this.registry.unregisterContributor(NAME);
			this.registered = false;
		}
	}

	/**
	 * The registry can be that of a parent context.
	 */
	@Override
	public synchronized void destroy() {
		unregister();
		this.destroyed = true;
	}

}
