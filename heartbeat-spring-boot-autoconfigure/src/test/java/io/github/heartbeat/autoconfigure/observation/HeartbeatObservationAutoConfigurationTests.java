package io.github.heartbeat.autoconfigure.observation;

import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.observation.DefaultHeartbeatAttemptObservationConvention;
import io.github.heartbeat.observation.HeartbeatAttemptObservationContext;
import io.github.heartbeat.observation.HeartbeatAttemptObservationConvention;
import io.github.heartbeat.observation.HeartbeatObservations;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Conditions of observations. Nothing listens at the url of the client, so that its first
 * attempt fails.
 */
class HeartbeatObservationAutoConfigurationTests {

	private final ApplicationContextRunner withoutRegistry = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatObservationAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.feed.url=ws://localhost:1/feed");

	private final ApplicationContextRunner runner = this.withoutRegistry
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class));

	private static TestObservationRegistry registry(AssertableApplicationContext context) {
		return (TestObservationRegistry) context.getBean(ObservationRegistry.class);
	}

	private static void awaitError(AssertableApplicationContext context) {
		HeartbeatClients clients = context.getBean(HeartbeatClients.class);
		Awaitility.await().until(() -> clients.get("feed").getSnapshot().lastError() != null);
	}

	@Test
	void whenThereIsTheRegistryOfBootThenClientsAreObserved() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(HeartbeatObservations.class));
	}

	@Test
	void attemptsAreObserved() {
		this.runner.withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.run((context) -> Awaitility.await()
				.untilAsserted(() -> TestObservationRegistryAssert.assertThat(registry(context))
					.hasObservationWithNameEqualTo("heartbeat.client.attempt")
					.that()
					.hasContextualNameEqualTo("connect feed")
					.hasLowCardinalityKeyValue("outcome", "failure")
					.hasLowCardinalityKeyValue("error.kind", "connect")));
	}

	@Test
	void whenThereIsAConventionThenItIsUsed() {
		this.runner.withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.withBean(HeartbeatAttemptObservationConvention.class, Convention::new)
			.run((context) -> Awaitility.await()
				.untilAsserted(() -> TestObservationRegistryAssert.assertThat(registry(context))
					.hasObservationWithNameEqualTo("dial")));
	}

	@Test
	void whenObservationsAreDisabledByBootThenThereAreNone() {
		this.runner.withBean(ObservationRegistry.class, TestObservationRegistry::create)
			.withPropertyValues("management.observations.enable.heartbeat=false")
			.run((context) -> {
				awaitError(context);
				TestObservationRegistryAssert.assertThat(registry(context)).doesNotHaveAnyObservation();
			});
	}

	@Test
	void whenThereIsNoRegistryThenThereAreNoObservations() {
		this.withoutRegistry
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HeartbeatObservations.class));
	}

	@Test
	void whenThereIsNoMicrometerThenTheClientsStay() {
		this.withoutRegistry.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(HeartbeatClients.class)
				.doesNotHaveBean("heartbeatObservations"));
	}

	@Test
	void whenThereIsNoObservationApiThenTheClientsStay() {
		this.withoutRegistry.withClassLoader(new FilteredClassLoader("io.micrometer.observation"))
			.withPropertyValues("heartbeat.clients.feed.observation.messages=true")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(HeartbeatClients.class)
				.doesNotHaveBean("heartbeatObservations"));
	}

	@Test
	void whenClientsAreDisabledThenThereAreNoObservations() {
		this.runner.withPropertyValues("heartbeat.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HeartbeatObservations.class));
	}

	@Test
	void anOwnBeanReplacesOurs() {
		this.runner
			.withBean("mine", HeartbeatObservations.class,
					() -> new HeartbeatObservations(TestObservationRegistry.create()))
			.run((context) -> assertThat(context).hasSingleBean(HeartbeatObservations.class).hasBean("mine"));
	}

	@Test
	void aChildContextLeavesItToItsParent() {
		this.runner.run((parent) -> this.runner.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(child.getSourceApplicationContext().getBeanFactory().containsLocalBean("heartbeatObservations"))
				.isFalse();
		}));
	}

	private static final class Convention extends DefaultHeartbeatAttemptObservationConvention {

		@Override
		public String getName() {
			return "dial";
		}

		@Override
		public String getContextualName(HeartbeatAttemptObservationContext context) {
			return "dial " + context.getClient().getName();
		}

	}

}
