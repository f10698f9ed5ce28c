package io.github.heartbeat.internal.client;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatSubscription;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * The clients of an application, whose engine is created with the first client. An
 * application without clients does not load the classes of the engine. Calls the engine
 * and its factory without holding a lock, because they look up beans.
 */
public final class ApplicationClients implements HeartbeatClients, SmartLifecycle, DisposableBean {

	private final ObjectFactory<? extends Supplier<DefaultHeartbeatClients>> factory;

	private final Object monitor = new Object();

	/** Written with the monitor held. */
	private volatile @Nullable DefaultHeartbeatClients engine;

	@GuardedBy("monitor")
	private boolean running;

	@GuardedBy("monitor")
	private boolean destroyed;

	/**
	 * Create the clients, stopped and without an engine.
	 * @param factory provides what creates the engine
	 */
	public ApplicationClients(ObjectFactory<? extends Supplier<DefaultHeartbeatClients>> factory) {
		this.factory = factory;
	}

	/**
	 * Return the engine, which is created if it does not exist. If two threads create it,
	 * one of the two is destroyed. An engine without clients has no threads.
	 * @throws IllegalStateException if the application is closed
	 */
	public DefaultHeartbeatClients engine() {
		DefaultHeartbeatClients engine = findEngine();
		if (engine != null) {
			return engine;
		}
		DefaultHeartbeatClients created = this.factory.getObject().get();
		try {
			return publish(created);
		}
		finally {
			if (this.engine != created) {
				created.destroy();
			}
		}
	}

	private @Nullable DefaultHeartbeatClients findEngine() {
		synchronized (this.monitor) {
			Assert.state(this.engine != null || !this.destroyed, "The application is closed");
			return this.engine;
		}
	}

	/**
	 * Set the engine unless another thread has done so. Its start with the monitor held
	 * calls no bean, because it has no clients yet.
	 */
	private DefaultHeartbeatClients publish(DefaultHeartbeatClients created) {
		synchronized (this.monitor) {
			DefaultHeartbeatClients engine = findEngine();
			if (engine != null) {
				return engine;
			}
			if (this.running) {
				created.start();
			}
			this.engine = created;
			return created;
		}
	}

	@Override
	public @Nullable HeartbeatClient get(String name) {
		DefaultHeartbeatClients engine = this.engine;
		return (engine != null) ? engine.get(name) : null;
	}

	@Override
	public Map<String, HeartbeatClient> getAll() {
		DefaultHeartbeatClients engine = this.engine;
		return (engine != null) ? engine.getAll() : Collections.emptyMap();
	}

	@Override
	public HeartbeatClient create(String name, HeartbeatClientSettings settings) {
		return engine().create(name, settings);
	}

	@Override
	public boolean remove(String name) {
		DefaultHeartbeatClients engine = this.engine;
		return engine != null && engine.remove(name);
	}

	/**
	 * Return the active subscriptions of a client.
	 * @throws IllegalArgumentException if it is not one of these clients
	 */
	public Set<HeartbeatSubscription> subscriptions(HeartbeatClient client) {
		return engine().subscriptions(client);
	}

	/**
	 * Run an action when all leases are given back. The clients must be stopped.
	 */
	public void whenLeasesReleased(Runnable action) {
		DefaultHeartbeatClients engine = this.engine;
		if (engine != null) {
			engine.whenLeasesReleased(action);
		}
		else {
			action.run();
		}
	}

	@Override
	public void start() {
		DefaultHeartbeatClients engine = setRunning(true);
		if (engine != null) {
			engine.start();
		}
	}

	@Override
	public void stop() {
		DefaultHeartbeatClients engine = setRunning(false);
		if (engine != null) {
			engine.stop();
		}
	}

	@Override
	public void stop(Runnable callback) {
		DefaultHeartbeatClients engine = setRunning(false);
		if (engine != null) {
			engine.stop(callback);
		}
		else {
			callback.run();
		}
	}

	private @Nullable DefaultHeartbeatClients setRunning(boolean running) {
		synchronized (this.monitor) {
			this.running = running;
			return this.engine;
		}
	}

	@Override
	public boolean isRunning() {
		synchronized (this.monitor) {
			return this.running;
		}
	}

	@Override
	public int getPhase() {
		return DefaultHeartbeatClients.PHASE;
	}

	@Override
	public void destroy() {
		DefaultHeartbeatClients engine;
		synchronized (this.monitor) {
			this.running = false;
			this.destroyed = true;
			engine = this.engine;
		}
		if (engine != null) {
			engine.destroy();
		}
	}

}
