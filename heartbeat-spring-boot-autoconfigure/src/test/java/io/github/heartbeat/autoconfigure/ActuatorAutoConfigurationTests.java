package io.github.heartbeat.autoconfigure;

import java.util.stream.Stream;

import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.autoconfigure.endpoint.HeartbeatEndpointAutoConfiguration;
import io.github.heartbeat.autoconfigure.health.HeartbeatHealthContributorAutoConfiguration;
import io.github.heartbeat.autoconfigure.metrics.HeartbeatMetricsAutoConfiguration;
import io.github.heartbeat.endpoint.HeartbeatEndpoint;
import io.github.heartbeat.endpoint.TransitionHistory;
import io.github.heartbeat.health.HeartbeatHealthRegistrar;
import io.github.heartbeat.metrics.HeartbeatMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Conditions of health, meters and endpoint.
 */
class ActuatorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, HeartbeatHealthContributorAutoConfiguration.class,
				HeartbeatMetricsAutoConfiguration.class, HeartbeatEndpointAutoConfiguration.class))
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withPropertyValues("management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true");

	private final ApplicationContextRunner feed = this.runner
		.withPropertyValues("heartbeat.clients.feed.url=ws://localhost:1/feed");

	private static CompositeHealthContributor health(ApplicationContext context) {
		return (CompositeHealthContributor) context.getBean(HealthContributorRegistry.class)
			.getContributor("heartbeat");
	}

	@Test
	void whenThereIsAClientThenItIsShownEverywhere() {
		this.feed.run((context) -> {
			assertThat(health(context).stream().map(HealthContributors.Entry::name)).containsExactly("feed");
			assertThat(context.getBean(MeterRegistry.class).get("heartbeat.client.open").tag("client", "feed").gauge())
				.isNotNull();
			assertThat(context.getBean(HeartbeatEndpoint.class).clients().clients()).containsOnlyKeys("feed");
		});
	}

	@Test
	void whenThereIsNoClientThenThereIsNoHealthAndNoMeter() {
		this.runner.run((context) -> {
			assertThat(health(context)).isNull();
			assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
			assertThat(context.getBean(HeartbeatEndpoint.class).clients().clients()).isEmpty();
		});
	}

	@Test
	void clientsMadeAtRunTimeAreShownUntilTheyAreRemoved() {
		this.runner.run((context) -> {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			HeartbeatClientSettings settings = HeartbeatClientSettings.builder("ws://localhost:1").build();
			clients.create("late", settings);
			clients.create("later", settings);
			assertThat(health(context).stream().map(HealthContributors.Entry::name)).containsExactly("late", "later");
			assertThat(health(context).getContributor("late")).isInstanceOf(HealthIndicator.class);
			assertThat(context.getBean(MeterRegistry.class).find("heartbeat.client.open").gauges()).hasSize(2);
			HeartbeatEndpoint endpoint = context.getBean(HeartbeatEndpoint.class);
			assertThat(endpoint.client("late").transitions()).isNotEmpty();
			clients.remove("late");
			assertThat(health(context).stream().map(HealthContributors.Entry::name)).containsExactly("later");
			assertThat(health(context).getContributor("late")).isNull();
			assertThat(endpoint.client("late")).isNull();
			clients.remove("later");
			assertThat(health(context)).isNull();
			assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty();
			clients.create("late", settings);
			assertThat(health(context).stream().map(HealthContributors.Entry::name)).containsExactly("late");
		});
	}

	@Test
	void whenHealthOfAClientIsDisabledThenItIsNoComponent() {
		this.feed
			.withPropertyValues("heartbeat.clients.quiet.url=ws://localhost:1",
					"heartbeat.clients.quiet.health.enabled=false")
			.run((context) -> {
				assertThat(health(context).stream().map(HealthContributors.Entry::name)).containsExactly("feed");
				assertThat(health(context).getContributor("quiet")).isNull();
				context.getBean(HeartbeatClients.class).remove("feed");
				assertThat(health(context)).isNull();
			});
	}

	@Test
	void whenHealthIsDisabledThenThereIsNone() {
		this.feed.withPropertyValues("management.health.heartbeat.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HeartbeatHealthRegistrar.class));
	}

	@Test
	void whenTheEndpointIsNotAvailableThenNothingIsRemembered() {
		this.feed.withPropertyValues("management.endpoint.heartbeat.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(HeartbeatEndpoint.class)
				.doesNotHaveBean(TransitionHistory.class));
	}

	@Test
	void whenClientsAreDisabledThenThereIsNoBeanOfOurs() {
		this.feed.withPropertyValues("heartbeat.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(HeartbeatHealthRegistrar.class)
				.doesNotHaveBean(HeartbeatMeters.class)
				.doesNotHaveBean(HeartbeatEndpoint.class));
	}

	@Test
	void whenThereIsNoHealthModuleThenTheOthersStay() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class,
					HeartbeatHealthContributorAutoConfiguration.class, HeartbeatMetricsAutoConfiguration.class,
					HeartbeatEndpointAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true")
			.withClassLoader(new FilteredClassLoader(HealthContributorRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("heartbeatHealthRegistrar")
				.hasSingleBean(HeartbeatMeters.class)
				.hasSingleBean(HeartbeatEndpoint.class));
	}

	@Test
	void whenThereIsNoMicrometerThenTheOthersStay() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class,
					HealthContributorRegistryAutoConfiguration.class, HeartbeatHealthContributorAutoConfiguration.class,
					HeartbeatMetricsAutoConfiguration.class, HeartbeatEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true")
			.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("heartbeatMeters")
				.hasSingleBean(HeartbeatHealthRegistrar.class)
				.hasSingleBean(HeartbeatEndpoint.class));
	}

	@Test
	void whenThereIsNoMeterRegistryThenThereAreNoMeters() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatMetricsAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HeartbeatMeters.class));
	}

	@Test
	void whenThereIsNoActuatorThenTheOthersStay() {
		this.feed.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("heartbeatEndpoint")
				.hasSingleBean(HeartbeatHealthRegistrar.class)
				.hasSingleBean(HeartbeatMeters.class));
	}

	@Test
	void anOwnHealthContributorReplacesOurs() {
		this.feed.withBean("heartbeatHealthContributor", String.class, () -> "mine")
			.run((context) -> assertThat(context).doesNotHaveBean(HeartbeatHealthRegistrar.class));
	}

	@Test
	void aChildContextLeavesItToItsParent() {
		this.feed.run((parent) -> this.runner.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(Stream.of("heartbeatHealthRegistrar", "heartbeatMeters", "heartbeatEndpoint",
					"heartbeatTransitionHistory"))
				.noneMatch(child.getSourceApplicationContext().getBeanFactory()::containsLocalBean);
		}));
	}

	@Test
	void aChildContextShowsClientsOfItsOwn() {
		this.runner.run((parent) -> this.feed.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(health(child).stream().map(HealthContributors.Entry::name)).containsExactly("feed");
			assertThat(child.getBean(HeartbeatEndpoint.class).clients().clients()).containsOnlyKeys("feed");
			assertThat(child.getBean(HeartbeatEndpoint.class).client("feed").transitions()).isNotEmpty();
			assertThat(child.getBean(MeterRegistry.class).find("heartbeat.client.open").tag("client", "feed").gauge())
				.isNotNull();
			assertThat(parent.getBean(MeterRegistry.class).find("heartbeat.client.open").gauge()).isNull();
		}));
	}

	/**
	 * The registry belongs to the parent context, which outlives the child context.
	 */
	@Test
	void theHealthOfAChildContextEndsWithIt() {
		this.runner.run((parent) -> {
			this.feed.withParent(parent).run((child) -> assertThat(health(parent)).isNotNull());
			assertThat(health(parent)).isNull();
		});
	}

	@Test
	void aNegativeDownAfterFails() {
		this.feed.withPropertyValues("management.health.heartbeat.down-after=-1s")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidHeartbeatSettingException.class)
				.hasMessageContaining("management.health.heartbeat.down-after"));
	}

	@Test
	void theHistoryKeepsTheLastFiftyTransitions() {
		this.feed.withPropertyValues("heartbeat.clients.feed.auto-startup=false").run((context) -> {
			HeartbeatClients clients = context.getBean(HeartbeatClients.class);
			for (int i = 0; i < 40; i++) {
				clients.get("feed").open();
				clients.get("feed").close();
			}
			assertThat(context.getBean(HeartbeatEndpoint.class).client("feed").transitions()).hasSize(50)
				.isSortedAccordingTo((one, other) -> one.at().compareTo(other.at()));
		});
	}

}
