package io.github.heartbeat.replicas;

/**
 * Tests replicas with H2.
 */
class H2ReplicaProcessesIntegrationTests extends ReplicaProcessScenarios {

	H2ReplicaProcessesIntegrationTests() {
		super("h2");
	}

	@Override
	Store createStore() throws Exception {
		return new Store.H2();
	}

}
