package io.github.heartbeat.autoconfigure.leader;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.heartbeat.internal.lease.LeaseStoreException;
import io.github.heartbeat.leader.HeartbeatLeases;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * Finds the lock registry of the application.
 */
final class LockRegistries {

	private static final String REGISTRY = "heartbeatLockRegistry";

	private LockRegistries() {
	}

	/**
	 * Return the registry whose locks are the leases.
	 * @throws LeaseStoreException if there is none, or more than one
	 */
	static RenewableLockRegistry<?> find(ListableBeanFactory beanFactory,
			ObjectProvider<RenewableLockRegistry<?>> registries) {
		List<String> names = names(beanFactory, RenewableLockRegistry.class);
		if (names.contains(REGISTRY)) {
			return beanFactory.getBean(REGISTRY, RenewableLockRegistry.class);
		}
		if (names.isEmpty()) {
			throw noRegistry(beanFactory);
		}
		try {
			return registries.getObject();
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw new LeaseStoreException("there are several lock registries: " + String.join(", ", names),
					"Name the one to use '" + REGISTRY + "', or make it the primary one.");
		}
	}

	/**
	 * Return the names of the beans without creating them, because a registry that is not
	 * used may not be available.
	 */
	private static List<String> names(ListableBeanFactory beanFactory, Class<?> type) {
		return Stream.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type)).sorted().toList();
	}

	private static LeaseStoreException noRegistry(ListableBeanFactory beanFactory) {
		for (String other : names(beanFactory, LockRegistry.class)) {
			return new LeaseStoreException(
					"the lock registry '" + other + "' of type "
							+ Objects.requireNonNull(beanFactory.getType(other)).getName()
							+ " cannot renew a lock, so it cannot tell that a lock was lost",
					"Use a RenewableLockRegistry such as JdbcLockRegistry or RedisLockRegistry as the type of the bean, "
							+ "or define a bean of type HeartbeatLeases.");
		}
		return new LeaseStoreException("there is no lock registry",
				"Define a JdbcLockRegistry (spring-integration-jdbc) or a RedisLockRegistry "
						+ "(spring-integration-redis) as a bean, or a bean of type HeartbeatLeases.");
	}

}
