package io.github.heartbeat.test;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.internal.client.EngineFactory;
import io.github.heartbeat.internal.container.Containers;
import io.github.heartbeat.internal.lease.LeaseThread;
import io.github.heartbeat.internal.runtime.EngineResources;
import io.github.heartbeat.test.internal.InMemoryContainerSupport;
import io.github.heartbeat.test.internal.ManualEngine;
import org.jspecify.annotations.Nullable;

/**
 * Connects the clients to a {@link HeartbeatTestServer}.
 */
final class TestEngineFactory implements EngineFactory {

	/** The middle, so that jitter changes no wait. */
	private static final double NO_JITTER = 0.5;

	private final HeartbeatTestServer server;

	private final Supplier<Executor> lanes;

	private final @Nullable ManualEngine engine;

	/**
	 * Create a factory.
	 * @param lanes creates an executor for each connection
	 * @param engine the engine of the manual clock, or {@code null}
	 */
	TestEngineFactory(HeartbeatTestServer server, Supplier<Executor> lanes, @Nullable ManualEngine engine) {
		this.server = server;
		this.lanes = lanes;
		this.engine = engine;
	}

	@Override
	public EngineResources resources(boolean virtualThreads) {
		return (this.engine != null) ? this.engine.resources(() -> NO_JITTER)
				: EngineFactory.super.resources(virtualThreads);
	}

	@Override
	public LeaseThread leaseThread(EngineResources resources) {
		return (this.engine != null) ? new LeaseThread(resources.io(), () -> {
		}) : EngineFactory.super.leaseThread(resources);
	}

	@Override
	public Containers containers(HeartbeatContainer choice) {
		return new Containers(new InMemoryContainerSupport(this.server.inMemory(), this.lanes));
	}

}
