package io.github.heartbeat.autoconfigure.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.json.HeartbeatJsonAutoConfiguration;
import io.github.heartbeat.testing.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.interceptor.SimpleTraceInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.socket.PingMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class InvalidMessageListenersTests {

	@RegisterExtension
	private final CapturedLog log = new CapturedLog(UnknownClientWarning.class.getName());

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatMessageListenerAutoConfiguration.class,
						HeartbeatJsonAutoConfiguration.class, JacksonAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/", "heartbeat.defaults.auto-startup=false",
				"heartbeat.clients.trades.url=ws://localhost:1/");

	private static FailureAnalysis analysis(Throwable failure) {
		FailureAnalysis analysis = new InvalidMessageListenersFailureAnalyzer().analyze(failure);
		assertThat(analysis).isNotNull();
		return analysis;
	}

	private FailureAnalysis analysis(Class<?> bean) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		this.runner.withBean("listener", bean).run((context) -> analysis[0] = analysis(context.getStartupFailure()));
		return analysis[0];
	}

	@Test
	void allMistakesAreReportedAtOnceWithBeanClassMethodAndFix() {
		FailureAnalysis analysis = analysis(Mistakes.class);
		assertThat(analysis.getDescription()).contains("have 10 mistakes")
			.contains("Method Mistakes.nothing() of bean 'listener' (" + Mistakes.class.getName()
					+ ") has no parameter for the payload.")
			.contains("Mistakes.onlyTheClient(HeartbeatClient) ")
			.contains("Mistakes.two(String, Integer) ", "has more than one parameter for the payload.")
			.contains("Mistakes.twoClients(String, HeartbeatClient, HeartbeatClient) ",
					"has two parameters for the client.")
			.contains("Mistakes.future(String) ",
					"has a result of type java.util.concurrent.Future<java.lang.String>, which is not supported.")
			.contains("Mistakes.stage(String) ", "Mistakes.mono(String) ")
			.contains("Mistakes.control(PingMessage) ",
					"has a payload of type " + PingMessage.class.getName() + ", which no converter reads.")
			.contains("Mistakes.name(String) ", "listens to 'price feed', which cannot be the name of a client.")
			.contains("Mistakes.placeholder(String) ", "${no.such.property}");
		assertThat(analysis.getAction()).contains("Correct each of them")
			.contains("Declare one parameter for the payload")
			.contains("Use the name of a client", "call convertAndSend");
	}

	static class Mistakes {

		@HeartbeatMessageListener
		void nothing() {
		}

		@HeartbeatMessageListener
		void onlyTheClient(HeartbeatClient client) {
		}

		@HeartbeatMessageListener
		void two(String text, Integer number) {
		}

		@HeartbeatMessageListener
		void twoClients(String text, HeartbeatClient one, HeartbeatClient other) {
		}

		@HeartbeatMessageListener
		Future<String> future(String text) {
			return CompletableFuture.completedFuture(text);
		}

		@HeartbeatMessageListener
		CompletableFuture<String> stage(String text) {
			return CompletableFuture.completedFuture(text);
		}

		@HeartbeatMessageListener
		Mono<String> mono(String text) {
			return Mono.just(text);
		}

		@HeartbeatMessageListener
		void control(PingMessage message) {
		}

		@HeartbeatMessageListener("price feed")
		void name(String text) {
		}

		@HeartbeatMessageListener("${no.such.property}")
		void placeholder(String text) {
		}

		@HeartbeatMessageListener("${client:quotes}")
		void valid(String text) {
		}

	}

	@Test
	void anUnknownPlaceholderOfAStrictResolverIsReported() {
		this.runner
			.withConfiguration(AutoConfigurations
				.of(org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration.class))
			.withBean("listener", Placeholder.class)
			.run((context) -> assertThat(analysis(context.getStartupFailure()).getDescription())
				.contains("listens to '${no.such.property}', which has an unknown placeholder."));
	}

	static class Placeholder {

		@HeartbeatMessageListener("${no.such.property}")
		void on(String text) {
		}

	}

	@Test
	void withoutJacksonThePayloadAndTheResultHaveNoConverter() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.withBean("listener", Objects.class)
			.run((context) -> {
				FailureAnalysis analysis = analysis(context.getStartupFailure());
				assertThat(analysis.getDescription())
					.contains("Objects.read(List) ",
							"has a payload of type java.util.List<java.lang.Integer>, which no converter reads.")
					.contains("Objects.written(String) ",
							"has a result of type java.lang.Integer, which no converter writes.");
				assertThat(analysis.getAction()).contains("HeartbeatMessageConverter bean that reads");
			});
	}

	static class Objects {

		@HeartbeatMessageListener
		void read(List<Integer> numbers) {
		}

		@HeartbeatMessageListener
		Integer written(String text) {
			return 1;
		}

		@HeartbeatMessageListener
		Object unknown(String text) {
			return text;
		}

	}

	@Test
	void aMethodThatTheProxyDoesNotHaveIsReported() {
		this.runner.withBean(ProxyingPostProcessor.class).withBean("listener", NotInInterface.class).run((context) -> {
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("Method NotInInterface.on(String) of bean 'listener'",
					"cannot be called through the proxy of the bean.");
			assertThat(analysis.getAction()).contains("proxyTargetClass");
		});
	}

	static class ProxyingPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		ProxyingPostProcessor() {
			this.advisor = new DefaultPointcutAdvisor(new SimpleTraceInterceptor());
		}

		@Override
		protected boolean isEligible(Class<?> type) {
			return type == NotInInterface.class;
		}

	}

	static class NotInInterface implements Runnable {

		@HeartbeatMessageListener
		public void on(String text) {
		}

		@Override
		public void run() {
		}

	}

	@Test
	void aNameThatFitsNoClientIsLoggedOnceTheApplicationIsReady() {
		this.runner.withBean("listener", Unknown.class).run((context) -> {
			assertThat(context).hasNotFailed();
			ready(context.getSourceApplicationContext(GenericApplicationContext.class));
			assertThat(this.log.lines()).singleElement()
				.hasToString("[WARN] Method Unknown.on(String) of bean 'listener' listens to the client 'qoutes', "
						+ "which does not exist. The clients are 'quotes', 'trades'.");
		});
	}

	@Test
	void whenTheClientIsReplacedByAMockThenNothingIsLogged() {
		this.runner.withBean("listener", Known.class)
			.withBean("quotesHeartbeatClient", HeartbeatClient.class, () -> mock(HeartbeatClient.class))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				ready(context.getSourceApplicationContext(GenericApplicationContext.class));
				assertThat(this.log.lines()).isEmpty();
			});
	}

	private static void ready(ConfigurableApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0], context, null));
	}

	static class Unknown {

		@HeartbeatMessageListener({ "quotes", "qoutes" })
		void on(String text) {
		}

	}

	static class Known {

		@HeartbeatMessageListener("quotes")
		void on(String text) {
		}

	}

	@ParameterizedTest
	@ValueSource(classes = { Known.class, Unknown.class })
	void anUnknownClientDoesNotPreventTheStart(Class<?> bean) {
		this.runner.withBean(bean).run((context) -> assertThat(context).hasNotFailed());
	}

}
