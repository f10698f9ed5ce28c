package io.github.heartbeat.replicas;

/**
 * Tests replicas with Redis.
 */
class RedisReplicaProcessesIntegrationTests extends ReplicaProcessScenarios {

	RedisReplicaProcessesIntegrationTests() {
		super("redis");
	}

	@Override
	Store createStore() throws Exception {
		return new Store.Redis();
	}

}
