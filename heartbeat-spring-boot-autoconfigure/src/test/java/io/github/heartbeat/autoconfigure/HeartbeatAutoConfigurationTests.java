package io.github.heartbeat.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatClientCustomizer;
import io.github.heartbeat.HeartbeatClientObserverFactory;
import io.github.heartbeat.HeartbeatClientSettings;
import io.github.heartbeat.HeartbeatClientState;
import io.github.heartbeat.HeartbeatClients;
import io.github.heartbeat.HeartbeatCodeRange;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.HeartbeatPingType;
import io.github.heartbeat.HeartbeatReconnectDecision;
import io.github.heartbeat.HeartbeatReconnectPolicy;
import io.github.heartbeat.HeartbeatSendWhileDisconnected;
import io.github.heartbeat.InvalidHeartbeatSettingException;
import io.github.heartbeat.internal.client.ApplicationClients;
import io.github.heartbeat.testing.OurThreads;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Clients do not connect here, because no server listens on port 1.
 */
@ExtendWith(OutputCaptureExtension.class)
class HeartbeatAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HeartbeatAutoConfiguration.class));

	private final ApplicationContextRunner feed = this.runner
		.withPropertyValues("heartbeat.clients.price-feed.url=ws://localhost:1/feed");

	@Test
	void whenNothingIsConfiguredThenThereAreNoClients() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(HeartbeatClients.class).doesNotHaveBean(HeartbeatClient.class);
			assertThat(context.getBean(HeartbeatClients.class).getAll()).isEmpty();
		});
	}

	/**
	 * The build passes switches of the tests with the same prefix as system properties.
	 */
	@Test
	void whenNothingIsConfiguredThenTheEngineIsCreatedWithTheFirstClient() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME))
			.run((context) -> {
				HeartbeatClients clients = context.getBean(HeartbeatClients.class);
				assertThat(clients.get("late")).isNull();
				assertThat(createdBeans(context.getSourceApplicationContext())).doesNotContain(EngineSupplier.class,
						HeartbeatProperties.class);
				HeartbeatClient client = clients.create("late",
						HeartbeatClientSettings.builder("ws://localhost:1").build());
				assertThat(createdBeans(context.getSourceApplicationContext())).contains(EngineSupplier.class,
						HeartbeatProperties.class);
				assertThat(clients.getAll()).containsOnly(Map.entry("late", client));
				assertThat(client.getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
			});
	}

	@Test
	void aKeyCreatesTheEngineAtStartup() {
		this.runner.withPropertyValues("heartbeat.defaults.ping-timeout=10s")
			.run((context) -> assertThat(createdBeans(context.getSourceApplicationContext()))
				.contains(EngineSupplier.class, HeartbeatProperties.class));
	}

	/**
	 * Such a source cannot tell whether it has a key.
	 */
	@Test
	void aBadValueOfASourceThatCannotListItsKeysFails() {
		this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new PropertySource<>("unlisted", new Object()) {

				@Override
				public @Nullable Object getProperty(String name) {
					return name.equals("heartbeat.max-connects-per-origin") ? "many" : null;
				}

			}))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("'heartbeat.max-connects-per-origin' is 'many', which is not a whole number."));
	}

	private static List<Class<?>> createdBeans(ConfigurableApplicationContext context) {
		List<Class<?>> types = new ArrayList<>();
		for (String name : context.getBeanFactory().getSingletonNames()) {
			types.add(Objects.requireNonNull(context.getBeanFactory().getSingleton(name)).getClass());
		}
		return types;
	}

	@Test
	void whenAUrlIsConfiguredThenTheClientIsABeanWithAnAlias() {
		this.feed.run((context) -> {
			HeartbeatClient client = context.getBean(HeartbeatClient.class);
			assertThat(client.getName()).isEqualTo("price-feed");
			assertThat(context.getBean("priceFeedHeartbeatClient")).isSameAs(client);
			assertThat(context.getBean("price-feed")).isSameAs(client);
			assertThat(context.getBean(HeartbeatClients.class).get("price-feed")).isSameAs(client);
			assertThat(client.getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
		});
	}

	@Test
	void whenThereAreSeveralClientsThenTheirNamesAreQualifiers() {
		this.feed.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/quotes")
			.withUserConfiguration(QualifierConfiguration.class)
			.run((context) -> assertThat(context.getBean(ClientHolder.class).client().getName()).isEqualTo("quotes"));
	}

	@Test
	void whenAnotherBeanHasTheNameThenTheClientHasNoAlias() {
		this.runner.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/quotes")
			.withBean("quotes", String.class, () -> "mine")
			.run((context) -> {
				assertThat(context.getBean("quotes")).isEqualTo("mine");
				assertThat(context.getBean("quotesHeartbeatClient")).isInstanceOf(HeartbeatClient.class);
			});
	}

	@Test
	void whenDisabledThenThereIsNoBeanOfOurs() {
		this.feed.withPropertyValues("heartbeat.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HeartbeatClients.class)
				.doesNotHaveBean(HeartbeatClient.class)
				.doesNotHaveBean(HeartbeatProperties.class));
	}

	@Test
	void whenThereIsNoWebSocketApiThenThereIsNoBeanOfOurs() {
		this.feed.withClassLoader(new FilteredClassLoader("jakarta.websocket", "org.springframework.web.socket"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("heartbeatClients"));
	}

	@Test
	void everyKeyReachesTheSettings() {
		this.feed
			.withPropertyValues(keys("heartbeat.clients.price-feed.", "protocols=a,b", "headers.X-List=a, b",
					"ping-timeout=1000", "pong-timeout=2s", "reconnect-timeout=3s", "reconnect-multiplier=1.5",
					"reconnect-max-timeout=1m", "reconnect-jitter=0.5", "repeat-limit=7", "stable-after=0",
					"ping-msg=are you there", "ping-type=ping", "ping-always=true", "pong-msg=yes",
					"connect-timeout=4s", "close-timeout=0", "max-message-size=2MB", "send.queue-messages=5",
					"send.queue-bytes=5KB", "send.timeout=5s", "send.while-disconnected=queue", "send.time-to-live=6s",
					"stop-on.close-codes=1008,4400-4499", "stop-on.http-statuses=401,403", "compression.enabled=true",
					"auto-startup=false"))
			.run((context) -> {
				HeartbeatClientSettings settings = context.getBean(HeartbeatClient.class).getSettings();
				assertThat(settings.getUrl()).hasToString("ws://localhost:1/feed");
				assertThat(settings.getProtocols()).containsExactly("a", "b");
				assertThat(settings.getHeaders()).containsOnly(Map.entry("X-List", "a, b"));
				assertThat(settings.getPingTimeout()).hasMillis(1000);
				assertThat(settings.getPongTimeout()).hasSeconds(2);
				assertThat(settings.getReconnectTimeout()).hasSeconds(3);
				assertThat(settings.getReconnectMultiplier()).isEqualTo(1.5);
				assertThat(settings.getReconnectMaxTimeout()).hasMinutes(1);
				assertThat(settings.getReconnectJitter()).isEqualTo(0.5);
				assertThat(settings.getRepeatLimit()).isEqualTo(7);
				assertThat(settings.getStableAfter()).isZero();
				assertThat(settings.getPingMsg()).isEqualTo("are you there");
				assertThat(settings.getPingType()).isEqualTo(HeartbeatPingType.PING);
				assertThat(settings.isPingAlways()).isTrue();
				assertThat(settings.getPongMsg()).isEqualTo("yes");
				assertThat(settings.getConnectTimeout()).hasSeconds(4);
				assertThat(settings.getCloseTimeout()).isZero();
				assertThat(settings.getMaxMessageSize()).isEqualTo(DataSize.ofMegabytes(2));
				assertThat(settings.getSendQueueMessages()).isEqualTo(5);
				assertThat(settings.getSendQueueBytes()).isEqualTo(DataSize.ofKilobytes(5));
				assertThat(settings.getSendTimeout()).hasSeconds(5);
				assertThat(settings.getSendWhileDisconnected()).isEqualTo(HeartbeatSendWhileDisconnected.QUEUE);
				assertThat(settings.getSendTimeToLive()).hasSeconds(6);
				assertThat(settings.getStopOnCloseCodes()).containsExactly(HeartbeatCodeRange.of("1008"),
						HeartbeatCodeRange.of("4400-4499"));
				assertThat(settings.getStopOnHttpStatuses()).containsExactly(HeartbeatCodeRange.of("401"),
						HeartbeatCodeRange.of("403"));
				assertThat(settings.isCompressionEnabled()).isTrue();
				assertThat(settings.isAutoStartup()).isFalse();
				assertThat(context.getBean(HeartbeatClient.class).getState()).isEqualTo(HeartbeatClientState.STOPPED);
			});
	}

	@Test
	void defaultsApplyToWhatIsNotSetAndAnEmptyValueResets() {
		this.feed
			.withPropertyValues(keys("heartbeat.defaults.", "ping-timeout=1s", "pong-timeout=1s", "repeat-limit=3",
					"pong-msg=pong", "protocols=x", "headers.X-One=default", "headers.X-Two=default",
					"stop-on.close-codes=1000"))
			.withPropertyValues(keys("heartbeat.clients.price-feed.", "ping-timeout=2s", "repeat-limit=", "pong-msg=",
					"protocols=", "headers.x-one=own", "stop-on.close-codes="))
			.run((context) -> {
				HeartbeatClientSettings settings = context.getBean(HeartbeatClient.class).getSettings();
				assertThat(settings.getPingTimeout()).hasSeconds(2);
				assertThat(settings.getPongTimeout()).hasSeconds(1);
				assertThat(settings.getRepeatLimit()).isNull();
				assertThat(settings.getPongMsg()).isNull();
				assertThat(settings.getProtocols()).isEmpty();
				assertThat(settings.getStopOnCloseCodes()).isEmpty();
				assertThat(settings.getHeaders()).containsOnly(Map.entry("X-One", "own"),
						Map.entry("X-Two", "default"));
			});
	}

	@Test
	void defaultsAreCheckedWithWhatClientsSet() {
		this.feed
			.withPropertyValues("heartbeat.defaults.reconnect-max-timeout=1s",
					"heartbeat.clients.price-feed.reconnect-timeout=500ms")
			.run((context) -> assertThat(context.getBean(HeartbeatClient.class).getSettings().getReconnectMaxTimeout())
				.hasSeconds(1));
	}

	@Test
	void headersOfTheDefaultsAreSpelledLikeThoseOfTheClientsAndAnEmptyOneIsNone() {
		this.feed
			.withPropertyValues("heartbeat.clients.price-feed.headers.X-Api-Key=own",
					"heartbeat.clients.price-feed.headers.X-None=", "heartbeat.defaults.headers.X-None=default")
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("HEARTBEAT_DEFAULTS_HEADERS_XAPIKEY", "default"))))
			.run((context) -> assertThat(context.getBean(HeartbeatClient.class).getSettings().getHeaders())
				.containsOnly(Map.entry("X-Api-Key", "own")));
	}

	@Test
	void defaultsAndCustomizersApplyToAClientMadeAtRunTime() {
		this.runner.withPropertyValues("heartbeat.defaults.pong-timeout=1s", "heartbeat.defaults.ping-timeout=1s")
			.withBean(HeartbeatClientCustomizer.class, () -> (name, builder) -> builder.pingMsg("I am " + name))
			.run((context) -> {
				HeartbeatClients clients = context.getBean(HeartbeatClients.class);
				HeartbeatClientSettings settings = clients
					.create("late",
							HeartbeatClientSettings.builder("ws://localhost:1")
								.pingTimeout(java.time.Duration.ofSeconds(2))
								.build())
					.getSettings();
				assertThat(settings.getPingTimeout()).hasSeconds(2);
				assertThat(settings.getPongTimeout()).hasSeconds(1);
				assertThat(settings.getPingMsg()).isEqualTo("I am late");
				assertThat(clients.getAll()).containsOnlyKeys("late");
				assertThat(clients.remove("late")).isTrue();
				assertThat(clients.getAll()).isEmpty();
			});
	}

	@Test
	void theEnvironmentSpellsNamesWithoutDashesAndTakesPrecedence() {
		this.feed
			.withPropertyValues("heartbeat.clients.price-feed.ping-timeout=2s",
					"heartbeat.clients.price-feed.headers.X-Api-Key=file")
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("HEARTBEAT_CLIENTS_PRICEFEED_URL", "ws://localhost:1/env",
										"HEARTBEAT_CLIENTS_PRICEFEED_HEADERS_XAPIKEY", "env",
										"HEARTBEAT_CLIENTS_ONLYHERE_URL", "ws://localhost:1/only"))))
			.run((context) -> {
				assertThat(context.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("price-feed", "onlyhere");
				HeartbeatClientSettings settings = context.getBean("price-feed", HeartbeatClient.class).getSettings();
				assertThat(settings.getUrl()).hasToString("ws://localhost:1/env");
				assertThat(settings.getPingTimeout()).hasSeconds(2);
				assertThat(settings.getHeaders()).containsOnly(Map.entry("X-Api-Key", "env"));
			});
	}

	@Test
	void anEntryThatBindsToNothingFails() {
		this.runner.withPropertyValues("heartbeat.clients.quotes.uri=ws://localhost:1")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("heartbeat.clients.quotes.uri"));
	}

	@Test
	void anUnknownKeyBesideKnownOnesFails() {
		this.feed.withPropertyValues("heartbeat.clients.price-feed.ping-timeuot=1s")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("heartbeat.clients.price-feed.ping-timeuot"));
	}

	@Test
	void anEntryOfTheEnvironmentThatBindsToNothingFails() {
		this.runner
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("HEARTBEAT_CLIENTS_QUOTES_URI", "ws://localhost:1"))))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("heartbeat.clients.quotes"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			heartbeat.clients.Feed.url=ws://localhost:1,               heartbeat.clients.Feed
			heartbeat.clients.feed.ping-timeout=1s,                    heartbeat.clients.feed.url
			heartbeat.clients.feed.url=http://localhost,               heartbeat.clients.feed.url
			heartbeat.max-connects-per-origin=0,                       heartbeat.max-connects-per-origin
			heartbeat.defaults.reconnect-jitter=2,                     heartbeat.defaults.reconnect-jitter
			""")
	void badValuesNameTheirKey(String property, String key) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasFailed();
			Throwable root = rootCause(context.getStartupFailure());
			assertThat(root).isInstanceOfSatisfying(InvalidHeartbeatSettingException.class,
					(ex) -> assertThat(ex.getKey()).isEqualTo(key));
		});
	}

	private static Throwable rootCause(Throwable failure) {
		return (failure.getCause() != null) ? rootCause(failure.getCause()) : failure;
	}

	@Test
	void whenJettyIsChosenAndMissingThenTheFailureSaysWhatToAdd() {
		this.feed.withPropertyValues("heartbeat.container=jetty")
			.withClassLoader(new FilteredClassLoader("org.eclipse.jetty"))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'heartbeat.container' is 'jetty'")
				.hasMessageContaining("jetty-ee11-websocket-jakarta-client"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1012", "1013", "1010-1020" })
	void whenTomcatCannotTellACloseCodeThenNamingItFails(String codes) {
		this.feed
			.withPropertyValues("heartbeat.container=tomcat",
					"heartbeat.clients.price-feed.stop-on.close-codes=4000," + codes)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'heartbeat.clients.price-feed.stop-on.close-codes' is '" + codes + "'")
				.hasMessageContaining("1002")
				.hasMessageContaining("'heartbeat.container: jetty'"));
		this.feed
			.withPropertyValues("heartbeat.container=jetty",
					"heartbeat.clients.price-feed.stop-on.close-codes=" + codes)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenARangeTakesInWhatTomcatMakesOfACloseCodeThenItMayBeNamed() {
		this.feed
			.withPropertyValues("heartbeat.container=tomcat",
					"heartbeat.clients.price-feed.stop-on.close-codes=1000-4999")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenTomcatCannotTellARedirectThenNamingItWithout302Fails() {
		this.feed
			.withPropertyValues("heartbeat.container=tomcat",
					"heartbeat.clients.price-feed.stop-on.http-statuses=403,301")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("'heartbeat.clients.price-feed.stop-on.http-statuses' is '301'")
				.hasMessageContaining("302"));
		this.feed
			.withPropertyValues("heartbeat.container=tomcat",
					"heartbeat.clients.price-feed.stop-on.http-statuses=301,302")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void reconnectPoliciesAreAskedInTheirOrder() {
		this.feed.withUserConfiguration(OrderedPolicies.class)
			.withPropertyValues("heartbeat.clients.price-feed.auto-startup=true")
			.run((context) -> Awaitility.await()
				.until(() -> context.getBean(HeartbeatClient.class).getState() == HeartbeatClientState.EXHAUSTED));
	}

	@Test
	void theApplicationKeepsItsOwnExecutorAndScheduler() {
		this.feed
			.withConfiguration(
					AutoConfigurations.of(TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
			.withUserConfiguration(SchedulingConfiguration.class)
			.run((context) -> {
				assertThat(context).hasBean("applicationTaskExecutor").hasBean("taskScheduler");
				assertThat(context).hasSingleBean(TaskScheduler.class);
				assertThat(context.getBeansOfType(TaskExecutor.class)).containsOnlyKeys("applicationTaskExecutor",
						"taskScheduler");
			});
	}

	@Test
	void lazyInitializationChangesNothing() {
		this.feed
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(HeartbeatClients.class).get("price-feed").getState())
				.isNotEqualTo(HeartbeatClientState.STOPPED));
	}

	@Test
	void aChildContextOpensNoneOfItsOwn() {
		this.feed.run((parent) -> this.feed.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(child.getSourceApplicationContext().getBeanFactory().containsLocalBean("heartbeatClients"))
				.isFalse();
			assertThat(
					child.getSourceApplicationContext().getBeanFactory().containsLocalBean("priceFeedHeartbeatClient"))
				.isFalse();
			assertThat(child.getBean("price-feed")).isSameAs(parent.getBean("price-feed"));
		}));
	}

	@Test
	void aChildOfAContextWithoutClientsOpensItsOwn() {
		this.runner.run((parent) -> this.feed.withParent(parent).run((child) -> {
			assertThat(child).hasNotFailed();
			assertThat(child.getBean(HeartbeatClients.class).getAll()).containsOnlyKeys("price-feed");
			assertThat(child.getBean("price-feed")).isSameAs(child.getBean(HeartbeatClient.class));
			assertThat(child.getBean(HeartbeatClient.class).getState()).isNotEqualTo(HeartbeatClientState.STOPPED);
			assertThat(parent.getBean(HeartbeatClients.class).getAll()).isEmpty();
		}));
	}

	@Test
	void aBadValueOfAChildOfAContextWithoutClientsIsRefused() {
		this.runner.run((parent) -> this.feed.withParent(parent)
			.withPropertyValues("heartbeat.clients.price-feed.ping-timeout=0")
			.run((child) -> assertThat(child).getFailure()
				.rootCause()
				.isInstanceOf(InvalidHeartbeatSettingException.class)));
	}

	@Test
	void aChildWithoutClientsSharesThoseOfItsParent() {
		this.runner.run((parent) -> this.runner.withParent(parent)
			.run((child) -> assertThat(child.getBean(HeartbeatClients.class))
				.isSameAs(parent.getBean(HeartbeatClients.class))));
	}

	@Test
	void aGrandchildOfAContextWithClientsOpensNoneOfItsOwn() {
		this.feed.run((grandparent) -> this.runner.withParent(grandparent)
			.run((parent) -> this.feed.withParent(parent)
				.run((child) -> assertThat(child.getBean(HeartbeatClients.class))
					.isSameAs(grandparent.getBean(HeartbeatClients.class)))));
	}

	@Test
	void eachPrototypeIsCreatedOnceForAClient() {
		Map<Class<?>, AtomicInteger> created = new ConcurrentHashMap<>();
		ApplicationContextRunner runner = prototype(this.feed, HeartbeatClientCustomizer.class, created);
		runner = prototype(runner, HeartbeatReconnectPolicy.class, created);
		runner = prototype(runner, HeartbeatListener.class, created);
		runner = prototype(runner, HeartbeatClientObserverFactory.class, created);
		runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(created).hasSize(4).allSatisfy((type, count) -> assertThat(count).hasValue(1));
		});
	}

	private static <T> ApplicationContextRunner prototype(ApplicationContextRunner runner, Class<T> type,
			Map<Class<?>, AtomicInteger> created) {
		return runner.withBean(type.getSimpleName(), type, () -> {
			created.computeIfAbsent(type, (key) -> new AtomicInteger()).incrementAndGet();
			return mock(type);
		}, (definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE));
	}

	@Test
	void aShortWaitIsLoggedOnce(CapturedOutput output) {
		this.feed
			.withPropertyValues("heartbeat.clients.other.url=ws://localhost:1", "heartbeat.defaults.auto-startup=false",
					"heartbeat.defaults.reconnect-timeout=99")
			.run((context) -> assertThat(output).containsOnlyOnce("has a 'reconnect-timeout' of 99.0 ms"));
	}

	@Test
	void aWaitOfAHundredMillisecondsIsNotLogged(CapturedOutput output) {
		this.feed
			.withPropertyValues("heartbeat.defaults.auto-startup=false", "heartbeat.defaults.reconnect-timeout=100",
					"heartbeat.defaults.reconnect-jitter=1")
			.run((context) -> assertThat(output).doesNotContain("'reconnect-timeout'"));
	}

	@Test
	void clientsStartAfterTheWebServerAndStopAfterItsGracefulDrain() {
		this.runner.run((context) -> assertThat(context.getBean(ApplicationClients.class).getPhase())
			.isEqualTo(org.springframework.context.SmartLifecycle.DEFAULT_PHASE - 1536));
	}

	@Test
	void aListenerMayHaveTheClientsInjected() {
		this.feed.withUserConfiguration(InjectedListenerConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(InjectedListener.class));
	}

	@Test
	void customizersAreCalledInTheirOrder() {
		this.feed.withUserConfiguration(OrderedCustomizers.class)
			.run((context) -> assertThat(context.getBean(HeartbeatClient.class).getSettings().getProtocols())
				.containsExactly("second"));
	}

	@Test
	void afterTheContextIsClosedNoThreadOfOursIsLeft() {
		this.feed.run((context) -> {
			context.close();
			OurThreads.awaitNone();
		});
	}

	@Test
	void afterAFailedStartNoThreadOfOursIsLeft() {
		this.feed.withPropertyValues("heartbeat.clients.quotes.url=http://localhost").run((context) -> {
			assertThat(context).hasFailed();
			OurThreads.awaitNone();
		});
	}

	private static String[] keys(String prefix, String... keys) {
		return List.of(keys).stream().map(prefix::concat).toArray(String[]::new);
	}

	record ClientHolder(HeartbeatClient client) {
	}

	@Configuration(proxyBeanMethods = false)
	static class QualifierConfiguration {

		@Bean
		ClientHolder holder(@Qualifier("quotes") HeartbeatClient client) {
			return new ClientHolder(client);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class SchedulingConfiguration {

	}

	record InjectedListener(HeartbeatClients clients, HeartbeatClient client) implements HeartbeatListener {
	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedListenerConfiguration {

		@Bean
		InjectedListener listener(HeartbeatClients clients, HeartbeatClient client) {
			return new InjectedListener(clients, client);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedPolicies {

		@Bean
		@Order(2)
		HeartbeatReconnectPolicy second() {
			return (name, attempt, elapsed, cause) -> HeartbeatReconnectDecision.waitFor(Duration.ofHours(1));
		}

		@Bean
		@Order(1)
		HeartbeatReconnectPolicy first() {
			return (name, attempt, elapsed, cause) -> name.equals("price-feed") ? HeartbeatReconnectDecision.stop()
					: HeartbeatReconnectDecision.undecided();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedCustomizers {

		@Bean
		@Order(2)
		HeartbeatClientCustomizer second() {
			return (name, builder) -> builder.protocols("second");
		}

		@Bean
		@Order(1)
		HeartbeatClientCustomizer first() {
			return (name, builder) -> builder.protocols("first");
		}

	}

}
