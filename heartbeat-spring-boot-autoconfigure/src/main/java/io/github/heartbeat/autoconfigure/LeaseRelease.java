package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.internal.client.ApplicationClients;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Waits until the leases of led clients are given back, directly after the clients have
 * stopped and before connection pools are destroyed. It gets the clients from a provider:
 * Spring would stop a bean that depends on the clients together with them, and would not
 * wait for them any more.
 */
final class LeaseRelease implements SmartLifecycle {

	private final ObjectProvider<ApplicationClients> clients;

	private volatile boolean running;

	LeaseRelease(ObjectProvider<ApplicationClients> clients) {
		this.clients = clients;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public void stop(Runnable callback) {
		stop();
		this.clients.getObject().whenLeasesReleased(callback);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return DefaultHeartbeatClients.PHASE - 1;
	}

}
