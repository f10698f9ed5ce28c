package io.github.heartbeat.autoconfigure.leader;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.leader.HeartbeatLease;
import io.github.heartbeat.leader.HeartbeatLeases;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.RenewableLockRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

class HeartbeatLeadershipAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatLeadershipAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.orders.url=ws://localhost:1");

	private final ApplicationContextRunner led = this.runner
		.withPropertyValues("heartbeat.clients.orders.leader.enabled=true");

	@Test
	void withoutALedClientThereIsNoThread() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		this.runner.withUserConfiguration(Unusable.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Thread.getAllStackTraces().keySet()).filteredOn((each) -> !before.contains(each))
				.noneMatch((each) -> each.getName().contains("-lease-"));
		});
	}

	@Test
	void aLedClientNeedsARegistry() {
		this.led.run((context) -> assertThat(failure(context))
			.startsWith("'heartbeat.clients.orders.leader.enabled' is 'true', which requires a store of leases, "
					+ "but there is no lock registry."));
	}

	@Test
	void aLedClientNeedsSpringIntegration() {
		this.led.withClassLoader(new FilteredClassLoader(RenewableLockRegistry.class))
			.run((context) -> assertThat(failure(context))
				.startsWith("'heartbeat.clients.orders.leader.enabled' is 'true', which requires a store of leases, "
						+ "but spring-integration-core is not on the classpath."));
	}

	@Test
	void aRegistryMustRenewLocks() {
		this.led.withUserConfiguration(NotRenewable.class)
			.run((context) -> assertThat(failure(context))
				.startsWith("'heartbeat.clients.orders.leader.enabled' is 'true', which requires a store of leases, "
						+ "but the lock registry 'localLocks' of type " + DefaultLockRegistry.class.getName()
						+ " cannot renew a lock"));
	}

	@Test
	void oneOfSeveralRegistriesMustBeChosen() {
		this.led.withUserConfiguration(Two.class)
			.run((context) -> assertThat(failure(context))
				.startsWith("'heartbeat.clients.orders.leader.enabled' is 'true', which requires a store of leases, "
						+ "but there are several lock registries: first, second."));
	}

	@Test
	void onlyTheNamedRegistryIsCreated() {
		this.led.withUserConfiguration(Unavailable.class, Named.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void onlyThePrimaryRegistryIsCreated() {
		this.led.withUserConfiguration(Unavailable.class, Preferred.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void noRegistryIsCreatedToTellThatThereAreSeveral() {
		this.led.withUserConfiguration(Unavailable.class)
			.run((context) -> assertThat(failure(context)).contains("several lock registries: lazyFirst, lazySecond"));
	}

	@Test
	void aRegistryOfTheParentContextIsUsed() {
		new ApplicationContextRunner().withUserConfiguration(Named.class)
			.run((parent) -> this.led.withParent(parent).run((context) -> assertThat(context).hasNotFailed()));
	}

	/**
	 * A registry that cannot connect is no mistake of the client.
	 */
	@Test
	void aRegistryThatCannotBeCreatedIsTheCause() {
		this.led.withUserConfiguration(Failing.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage("no database"));
	}

	private static String failure(AssertableApplicationContext context) {
		Throwable cause = NestedExceptionUtils.getRootCause(context.getStartupFailure());
		assertThat(cause).isInstanceOf(InvalidHeartbeatSettingException.class);
		return cause.getMessage();
	}

	@Test
	void ownLeasesAreUsed() {
		this.led
			.withPropertyValues("spring.application.name=shop", "heartbeat.clients.orders.leader.lease=1s",
					"heartbeat.clients.orders.leader.lock=feed")
			.withUserConfiguration(Own.class)
			.run((context) -> {
				HeartbeatClient client = context.getBean(HeartbeatClient.class);
				assertThat(client.getState()).isEqualTo(HeartbeatClientState.STANDBY);
				List<String> names = context.getBean(Own.class).names;
				Awaitility.await().atMost(Duration.ofSeconds(20)).until(client::isLeader);
				assertThat(names).containsOnly("shop.feed");
			});
	}

	@Test
	void aClientMadeAtRunTimeHasTheTimesOfItsLock() {
		this.led.withUserConfiguration(Own.class).run((context) -> {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
				.isThrownBy(() -> clients.create("other",
						HeartbeatClientSettings.builder("ws://localhost:1")
							.leaderEnabled(true)
							.leaderLock("orders")
							.leaderPollInterval(Duration.ofSeconds(3))
							.build()))
				.withMessage("'leader.poll-interval' is '3000ms', which differs from 1500ms of client 'orders', "
						+ "and both have the lock 'orders'. Use the same times for all clients with the lock, "
						+ "or another 'leader.lock'.");
			assertThat(clients.getAll()).containsOnlyKeys("orders");
		});
	}

	@Test
	void aClientMadeAtRunTimeNeedsARegistry() {
		this.runner.run((context) -> assertThatExceptionOfType(InvalidHeartbeatSettingException.class)
			.isThrownBy(() -> context.getBean(HeartbeatClients.class)
				.create("other", HeartbeatClientSettings.builder("ws://localhost:1").leaderEnabled(true).build()))
			.withMessageStartingWith("'leader.enabled' is 'true', which requires a store of leases, "
					+ "but there is no lock registry. Define a JdbcLockRegistry"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Unusable {

		@Bean
		HeartbeatLeases leases() {
			return mock(HeartbeatLeases.class, (call) -> {
				throw new AssertionError("No client is led");
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NotRenewable {

		@Bean
		@Lazy
		DefaultLockRegistry localLocks() {
			throw new IllegalStateException("The registry cannot be used");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Two {

		@Bean
		RenewableLockRegistry<?> first() {
			return mock(RenewableLockRegistry.class);
		}

		@Bean
		RenewableLockRegistry<?> second() {
			return mock(RenewableLockRegistry.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unavailable {

		@Bean
		@Lazy
		RenewableLockRegistry<?> lazyFirst() {
			throw new IllegalStateException("no database");
		}

		@Bean
		@Lazy
		RenewableLockRegistry<?> lazySecond() {
			throw new IllegalStateException("no database");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		@Bean
		@Lazy
		RenewableLockRegistry<?> only() {
			throw new IllegalStateException("no database");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Preferred {

		@Bean
		@Primary
		RenewableLockRegistry<?> preferred() {
			return mock(RenewableLockRegistry.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		RenewableLockRegistry<?> heartbeatLockRegistry() {
			return mock(RenewableLockRegistry.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own implements HeartbeatLeases {

		final List<String> names = new ArrayList<>();

		@Override
		public HeartbeatLease acquire(String name, Duration lease) {
			this.names.add(name);
			return HeartbeatLease.of(name, "test", Instant.now());
		}

		@Override
		public boolean renew(String name, Duration lease) {
			return true;
		}

		@Override
		public void release(String name) {
			this.names.add(name);
		}

	}

}
