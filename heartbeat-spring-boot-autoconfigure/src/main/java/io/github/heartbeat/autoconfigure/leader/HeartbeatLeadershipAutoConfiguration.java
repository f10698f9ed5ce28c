package io.github.heartbeat.autoconfigure.leader;

import io.github.heartbeat.leader.HeartbeatLeases;
import io.github.heartbeat.leader.LockRegistryLeases;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * Auto-configuration for the leases of led clients, which are locks of a registry of
 * Spring Integration. Nothing is created unless a client is led.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnClass(RenewableLockRegistry.class)
public final class HeartbeatLeadershipAutoConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HeartbeatLeases heartbeatLeases(ListableBeanFactory beanFactory,
			ObjectProvider<RenewableLockRegistry<?>> registries) {
		return new LockRegistryLeases(LockRegistries.find(beanFactory, registries));
	}

}
