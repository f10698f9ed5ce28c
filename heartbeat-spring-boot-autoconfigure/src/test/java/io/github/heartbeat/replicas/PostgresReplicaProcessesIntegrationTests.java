package io.github.heartbeat.replicas;

/**
 * Tests replicas with PostgreSQL.
 */
class PostgresReplicaProcessesIntegrationTests extends ReplicaProcessScenarios {

	PostgresReplicaProcessesIntegrationTests() {
		super("postgres");
	}

	@Override
	Store createStore() throws Exception {
		return new Store.Postgres();
	}

}
