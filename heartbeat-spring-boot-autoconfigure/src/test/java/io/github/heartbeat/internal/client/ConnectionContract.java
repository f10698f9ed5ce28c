package io.github.heartbeat.internal.client;

import io.github.heartbeat.HeartbeatContainer;
import io.github.heartbeat.internal.container.Containers;
import io.github.heartbeat.test.internal.ConnectionLanes;
import io.github.heartbeat.test.internal.InMemoryContainerSupport;
import io.github.heartbeat.testing.InMemoryTestServers;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Base class of the tests of what a client can rely on with every connection: with
 * Tomcat's and Jetty's WebSocket client, and with the connections inside the JVM of the
 * test starter. Tests with {@link RequiresSocket} run on the first two only.
 */
@ParameterizedClass(name = "{0}")
@EnumSource
abstract class ConnectionContract extends LiveClients {

	private final ConnectionLanes lanes = new ConnectionLanes();

	@Parameter
	private Carrier carrier;

	boolean hasSockets() {
		return this.carrier != Carrier.IN_MEMORY;
	}

	@Override
	protected HeartbeatContainer container() {
		return HeartbeatContainer.valueOf(this.carrier.name());
	}

	@Override
	protected DefaultHeartbeatClients newClients() {
		return hasSockets() ? super.newClients() : TestClients.create(new EngineFactory() {

			@Override
			public Containers containers(HeartbeatContainer choice) {
				return new Containers(
						new InMemoryContainerSupport(new InMemoryTestServers(), ConnectionContract.this.lanes));
			}

		}, extensions());
	}

	@Override
	protected void stopContainer() {
		this.lanes.close();
	}

	/**
	 * What carries the connections.
	 */
	enum Carrier {

		TOMCAT, JETTY, IN_MEMORY

	}

}
