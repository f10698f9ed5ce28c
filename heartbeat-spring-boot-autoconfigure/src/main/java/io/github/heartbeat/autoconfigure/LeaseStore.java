package io.github.heartbeat.autoconfigure;

import io.github.heartbeat.internal.lease.LeaseOptions;
import io.github.heartbeat.internal.lease.LeaseStoreException;
import io.github.heartbeat.leader.HeartbeatLeases;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The store of the leases of led clients.
 */
final class LeaseStore {

	private LeaseStore() {
	}

	/**
	 * Return the options of all leases. The store is created for the first led client.
	 */
	static LeaseOptions options(HeartbeatProperties.Leader leader, Environment environment,
			ObjectProvider<HeartbeatLeases> leases) {
		String prefix = leader.getPrefix();
		Integer maxHeld = leader.getMaxHeld();
		return new LeaseOptions(() -> get(leases),
				StringUtils.hasText(prefix) ? prefix : environment.getProperty("spring.application.name", "heartbeat"),
				leader.getSpread(), (maxHeld != null) ? maxHeld : Integer.MAX_VALUE);
	}

	private static HeartbeatLeases get(ObjectProvider<HeartbeatLeases> leases) {
		HeartbeatLeases store;
		try {
			store = leases.getIfAvailable();
		}
		catch (BeanCreationException ex) {
			if (ex.getMostSpecificCause() instanceof LeaseStoreException reason) {
				throw reason;
			}
			throw ex;
		}
		if (store == null) {
			throw new LeaseStoreException("spring-integration-core is not on the classpath",
					"Add spring-integration-jdbc or spring-integration-redis and define its lock registry as a bean, "
							+ "or define a bean of type HeartbeatLeases.");
		}
		return store;
	}

}
