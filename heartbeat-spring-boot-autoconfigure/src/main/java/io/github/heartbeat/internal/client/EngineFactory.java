package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.internal.container.Containers;
import io.github.heartbeat.internal.lease.LeaseThread;
import io.github.heartbeat.internal.runtime.EngineResources;

/**
 * Creates what the clients of an application run on. Tests replace it.
 */
public interface EngineFactory {

	/** The engine of an application. */
	EngineFactory DEFAULT = new EngineFactory() {
	};

	/**
	 * Create the threads, the timer and the source of time.
	 * @param virtualThreads whether to use virtual threads
	 */
	default EngineResources resources(boolean virtualThreads) {
		return EngineResources.create(virtualThreads);
	}

	/**
	 * Create the containers that carry the connections.
	 */
	default Containers containers(HeartbeatContainer choice) {
		return new Containers(choice);
	}

	/**
	 * Create the thread that calls the store of the leases.
	 */
	default LeaseThread leaseThread(EngineResources resources) {
		return LeaseThread.create();
	}

	/**
	 * Whether clients connect. If not, they stay stopped.
	 */
	default boolean isConnecting() {
		return true;
	}

}
