package io.github.heartbeat.autoconfigure.listener;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.HeartbeatAutoConfiguration;
import io.github.heartbeat.autoconfigure.json.HeartbeatJsonAutoConfiguration;
import io.github.heartbeat.internal.client.ClientListenerSource;
import io.github.heartbeat.internal.hook.ListenerFailure;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Clients do not connect here. The tests pass messages to the listeners of a client.
 */
class MessageListenerMethodsTests {

	private static final String QUOTE = "{\"symbol\":\"EURUSD\",\"price\":1.25}";

	/** What the methods received, by the test that runs. */
	private static final List<Object> received = new ArrayList<>();

	private static final AtomicInteger instances = new AtomicInteger();

	private final HeartbeatClient client = mock(HeartbeatClient.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HeartbeatAutoConfiguration.class, HeartbeatMessageListenerAutoConfiguration.class,
						HeartbeatJsonAutoConfiguration.class, JacksonAutoConfiguration.class))
		.withPropertyValues("heartbeat.clients.quotes.url=ws://localhost:1/", "heartbeat.defaults.auto-startup=false",
				"heartbeat.clients.trades.url=ws://localhost:1/", "feed=quotes");

	@BeforeEach
	void forget() {
		received.clear();
		instances.set(0);
		given(this.client.send(any(WebSocketMessage.class))).willReturn(new CompletableFuture<>());
	}

	private void run(Class<?> bean, Consumer<AssertableApplicationContext> test) {
		this.runner.withBean("listener", bean).run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	/**
	 * Deliver a message as the engine does: a failure does not keep the other listeners
	 * from being called.
	 */
	private List<HeartbeatConnectionException> deliver(AssertableApplicationContext context, String clientName,
			WebSocketMessage<?> message) {
		return deliver(context.getBean(ClientListenerSource.class).forClient(clientName), message);
	}

	private List<HeartbeatConnectionException> deliver(List<HeartbeatListener> listeners, WebSocketMessage<?> message) {
		List<HeartbeatConnectionException> errors = new ArrayList<>();
		for (HeartbeatListener listener : listeners) {
			try {
				listener.onMessage(this.client, message);
			}
			catch (ListenerFailure ex) {
				errors.add(ex.cause("quotes"));
			}
		}
		return errors;
	}

	private static BinaryMessage binary(String text) {
		return new BinaryMessage(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer());
	}

	private static String text(ByteBuffer bytes) {
		return StandardCharsets.UTF_8.decode(bytes).toString();
	}

	@Test
	void aTextReachesEveryKindOfParameter() {
		run(EveryKind.class, (context) -> {
			TextMessage message = new TextMessage("\"ä\"");
			assertThat(deliver(context, "quotes", message)).isEmpty();
			assertThat(received).containsExactly("String \"ä\"", "byte[] \"ä\"", "ByteBuffer \"ä\" true",
					"WebSocketMessage true", "TextMessage true", "WebSocketMessage<String> true", "Object ä");
		});
	}

	@Test
	void aBinaryMessageReachesEveryKindOfParameter() {
		run(EveryKind.class, (context) -> {
			assertThat(deliver(context, "quotes", binary("\"ä\""))).isEmpty();
			assertThat(received).containsExactly("String \"ä\"", "byte[] \"ä\"", "ByteBuffer \"ä\" true",
					"WebSocketMessage false", "BinaryMessage true", "WebSocketMessage<ByteBuffer> true", "Object ä");
		});
	}

	static class EveryKind {

		@Order(1)
		@HeartbeatMessageListener
		void onString(String text) {
			received.add("String " + text);
		}

		@Order(2)
		@HeartbeatMessageListener
		void onBytes(byte[] bytes) {
			received.add("byte[] " + new String(bytes, StandardCharsets.UTF_8));
		}

		@Order(3)
		@HeartbeatMessageListener
		void onBuffer(ByteBuffer buffer) {
			received.add("ByteBuffer " + text(buffer) + " " + buffer.isReadOnly());
		}

		@Order(4)
		@HeartbeatMessageListener
		void onMessage(WebSocketMessage<?> message) {
			received.add("WebSocketMessage " + (message instanceof TextMessage));
		}

		@Order(5)
		@HeartbeatMessageListener
		void onText(TextMessage message) {
			received.add("TextMessage true");
		}

		@Order(6)
		@HeartbeatMessageListener
		void onBinary(BinaryMessage message) {
			received.add("BinaryMessage " + message.getPayload().isReadOnly());
		}

		@Order(7)
		@HeartbeatMessageListener
		void onGenericText(WebSocketMessage<String> message) {
			received.add("WebSocketMessage<String> " + (message.getPayload() instanceof String));
		}

		@Order(8)
		@HeartbeatMessageListener
		void onGenericBinary(WebSocketMessage<ByteBuffer> message) {
			received.add("WebSocketMessage<ByteBuffer> " + message.getPayload().hasRemaining());
		}

		@Order(9)
		@HeartbeatMessageListener
		void onObject(Object json) {
			received.add("Object " + json);
		}

	}

	/**
	 * Each method changes what it received.
	 */
	@Test
	void eachMethodHasItsOwnBufferAndArray() {
		run(Consuming.class, (context) -> {
			assertThat(deliver(context, "quotes", binary("abc"))).isEmpty();
			assertThat(received).containsOnly("abc").hasSize(8);
		});
	}

	static class Consuming {

		@HeartbeatMessageListener
		void first(ByteBuffer buffer) {
			received.add(text(buffer));
		}

		@HeartbeatMessageListener
		void second(ByteBuffer buffer) {
			received.add(text(buffer));
		}

		@HeartbeatMessageListener
		void third(byte[] bytes) {
			fourth(bytes);
		}

		@HeartbeatMessageListener
		void fourth(byte[] bytes) {
			received.add(new String(bytes, StandardCharsets.UTF_8));
			bytes[0] = 'x';
		}

		@HeartbeatMessageListener
		void fifth(BinaryMessage message) {
			received.add(text(message.getPayload()));
		}

		@HeartbeatMessageListener
		void sixth(BinaryMessage message) {
			received.add(text(message.getPayload()));
		}

		@HeartbeatMessageListener
		void seventh(WebSocketMessage<?> message) {
			received.add(text((ByteBuffer) message.getPayload()));
		}

		@HeartbeatMessageListener
		void eighth(WebSocketMessage<?> message) {
			received.add(text((ByteBuffer) message.getPayload()));
		}

	}

	@Test
	void aTextThatIsNotUtf8IsNotConverted() {
		run(Strings.class, (context) -> {
			List<HeartbeatConnectionException> errors = deliver(context, "quotes",
					new BinaryMessage(new byte[] { 'a', (byte) 0xff }));
			assertThat(errors).singleElement().satisfies((error) -> {
				assertThat(error.getKind()).isEqualTo(Kind.CONVERSION);
				assertThat(error).hasMessageContaining("java.lang.String for Strings.on(String)");
			});
			assertThat(received).isEmpty();
		});
	}

	static class Strings {

		@HeartbeatMessageListener
		void on(String text) {
			received.add(text);
		}

	}

	record Quote(String symbol, double price) {
	}

	@Test
	void recordsGenericsAndSealedTypesAreRead() {
		run(Json.class, (context) -> {
			assertThat(deliver(context, "quotes", new TextMessage("[" + QUOTE + "]"))).hasSize(3);
			assertThat(received).containsExactly(List.of(new Quote("EURUSD", 1.25)));
			received.clear();
			assertThat(deliver(context, "quotes", binary(QUOTE))).hasSize(2);
			assertThat(received).containsExactly(Map.of("symbol", "EURUSD", "price", 1.25), new Quote("EURUSD", 1.25));
			received.clear();
			assertThat(deliver(context, "quotes", new TextMessage("{\"type\":\"fill\",\"id\":7}"))).hasSize(2);
			assertThat(received).contains(new Fill(7));
		});
	}

	static class Json {

		@Order(1)
		@HeartbeatMessageListener
		void onList(List<Quote> quotes) {
			received.add(quotes);
		}

		@Order(2)
		@HeartbeatMessageListener
		void onMap(Map<String, Object> quote) {
			received.add(quote);
		}

		@Order(3)
		@HeartbeatMessageListener
		void onQuote(Quote quote) {
			received.add(quote);
		}

		@Order(4)
		@HeartbeatMessageListener
		void onTrade(Trade trade) {
			received.add(trade);
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Fill.class, name = "fill"),
			@JsonSubTypes.Type(value = Cancel.class, name = "cancel") })
	sealed interface Trade permits Fill, Cancel {

	}

	record Fill(int id) implements Trade {
	}

	record Cancel(int id) implements Trade {
	}

	@Test
	void aTypeVariableOfASuperclassIsTheTypeOfTheBean() {
		run(QuoteListener.class, (context) -> {
			assertThat(deliver(context, "quotes", new TextMessage("[" + QUOTE + "]"))).isEmpty();
			assertThat(received).containsExactly(List.of(new Quote("EURUSD", 1.25)));
		});
	}

	abstract static class Base<T> {

		@HeartbeatMessageListener
		void on(List<T> payload) {
			accept(payload);
		}

		abstract void accept(List<T> payload);

	}

	static class QuoteListener extends Base<Quote> {

		@Override
		void accept(List<Quote> payload) {
			received.addAll(List.of(payload));
			assertThat(payload.get(0).symbol()).isEqualTo("EURUSD");
		}

	}

	@Test
	void aBridgedMethodIsCalledOnce() {
		run(Bridged.class, (context) -> {
			assertThat(deliver(context, "quotes", new TextMessage(QUOTE))).isEmpty();
			assertThat(received).containsExactly(new Quote("EURUSD", 1.25));
		});
	}

	interface Handler<T> {

		void on(T payload);

	}

	static class Bridged implements Handler<Quote> {

		@Override
		@HeartbeatMessageListener
		public void on(Quote payload) {
			received.add(payload);
		}

	}

	@Test
	void methodsListenToTheClientsThatTheyName() {
		run(Named.class, (context) -> {
			deliver(context, "quotes", new TextMessage("a"));
			assertThat(received).containsExactly("quotes", "placeholder", "both", "composed");
			received.clear();
			deliver(context, "trades", new TextMessage("a"));
			assertThat(received).containsExactly("both");
			assertThat(context.getBean(ClientListenerSource.class).forClient("others")).isEmpty();
		});
	}

	static class Named {

		@Order(1)
		@HeartbeatMessageListener("quotes")
		void onQuotes(String text) {
			received.add("quotes");
		}

		@Order(2)
		@HeartbeatMessageListener("${feed}")
		void onPlaceholder(String text) {
			received.add("placeholder");
		}

		@Order(3)
		@HeartbeatMessageListener({ "trades", "quotes" })
		void onBoth(String text) {
			received.add("both");
		}

		@Order(4)
		@Composed(client = "quotes")
		void onComposed(String text) {
			received.add("composed");
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@HeartbeatMessageListener
	@interface Composed {

		@AliasFor(annotation = HeartbeatMessageListener.class, attribute = "value")
		String[] client();

	}

	@Test
	void theClientIsPassedAndAStaticMethodIsCalled() {
		run(WithClient.class, (context) -> {
			assertThat(deliver(context, "quotes", new TextMessage("a"))).isEmpty();
			assertThat(received).containsExactly(this.client, "a", this.client);
		});
	}

	static class WithClient {

		@Order(1)
		@HeartbeatMessageListener
		private void on(HeartbeatClient client, String text) {
			received.add(client);
			received.add(text);
		}

		@Order(2)
		@HeartbeatMessageListener
		static void onStatic(String text, HeartbeatClient client) {
			received.add(client);
		}

	}

	@Test
	@SuppressWarnings("unchecked")
	void resultsAreSent() {
		run(Results.class, (context) -> {
			assertThat(deliver(context, "quotes", new TextMessage("a"))).isEmpty();
			ArgumentCaptor<WebSocketMessage<?>> sent = ArgumentCaptor.forClass(WebSocketMessage.class);
			then(this.client).should(times(5)).send(sent.capture());
			assertThat(sent.getAllValues()).containsExactly(new TextMessage("text"),
					new BinaryMessage(new byte[] { 1 }), new TextMessage(QUOTE), new TextMessage("[1,2]"),
					new TextMessage("7"));
		});
	}

	static class Results {

		@Order(1)
		@HeartbeatMessageListener
		String text(String text) {
			return "text";
		}

		@Order(2)
		@HeartbeatMessageListener
		byte[] bytes(String text) {
			return new byte[] { 1 };
		}

		@Order(3)
		@HeartbeatMessageListener
		Quote json(String text) {
			return new Quote("EURUSD", 1.25);
		}

		@Order(4)
		@HeartbeatMessageListener
		Object list(String text) {
			return List.of(1, 2);
		}

		@Order(5)
		@HeartbeatMessageListener
		int primitive(String text) {
			return 7;
		}

		@Order(6)
		@HeartbeatMessageListener
		Quote none(String text) {
			return null;
		}

	}

	@Test
	void aMethodThatThrowsAndAResultThatIsNotWrittenAreErrors() {
		run(Failing.class, (context) -> {
			List<HeartbeatConnectionException> errors = deliver(context, "quotes", new TextMessage("secret"));
			assertThat(errors).extracting(HeartbeatConnectionException::getKind)
				.containsExactly(Kind.LISTENER, Kind.CONVERSION);
			assertThat(errors).extracting(Throwable::getMessage)
				.containsExactly(
						"The listener method of client 'quotes', Failing.first(String), "
								+ "threw java.lang.IllegalStateException",
						"The conversion of a result of client 'quotes', a " + Unwritable.class.getTypeName()
								+ " of Failing.second(String), threw tools.jackson.databind.DatabindException");
			assertThat(received).containsExactly("last");
			then(this.client).should(never()).send(any(WebSocketMessage.class));
		});
	}

	record Unwritable(String text) {

		public String getFailure() {
			throw new IllegalStateException(this.text);
		}

	}

	static class Failing {

		@Order(1)
		@HeartbeatMessageListener
		void first(String text) {
			throw new IllegalStateException(text);
		}

		@Order(2)
		@HeartbeatMessageListener
		Unwritable second(String text) {
			return new Unwritable(text);
		}

		@Order(3)
		@HeartbeatMessageListener
		void last(String text) {
			received.add("last");
		}

	}

	@Test
	void aMessageIsReadOnceForEachTypeWhenItIsNeeded() {
		CountingConverter converter = new CountingConverter();
		this.runner.withBean(CountingConverter.class, () -> converter).withBean(Typed.class).run((context) -> {
			List<HeartbeatListener> listeners = context.getBean(ClientListenerSource.class).forClient("quotes");
			assertThat(deliver(listeners, new TextMessage("a"))).isEmpty();
			assertThat(received).containsExactly("string a", "read Integer", "integer 1", "read Long", "long 1",
					"integer 1");
			deliver(listeners, new TextMessage("b"));
			assertThat(received.stream().filter("read Integer"::equals)).hasSize(2);
			assertThat(converter.asked).isEqualTo(2);
		});
	}

	@Test
	void aFailedConversionIsReportedForEachMethodAndTriedOnce() {
		CountingConverter converter = new CountingConverter();
		converter.fails = true;
		this.runner.withBean(CountingConverter.class, () -> converter).withBean(Typed.class).run((context) -> {
			List<HeartbeatListener> listeners = context.getBean(ClientListenerSource.class).forClient("quotes");
			List<HeartbeatConnectionException> errors = deliver(listeners, new TextMessage("secret"));
			assertThat(errors).extracting(HeartbeatConnectionException::getKind).containsOnly(Kind.CONVERSION);
			assertThat(errors).extracting(Throwable::getMessage)
				.containsExactly(
						"The conversion of a message of client 'quotes' to java.lang.Integer for "
								+ "Typed.second(Integer) threw java.lang.IllegalArgumentException",
						"The conversion of a message of client 'quotes' to java.lang.Long for "
								+ "Typed.third(Long) threw java.lang.IllegalArgumentException",
						"The conversion of a message of client 'quotes' to java.lang.Integer for "
								+ "Typed.fourth(Integer) threw java.lang.IllegalArgumentException");
			assertThat(received).containsExactly("string secret", "read Integer", "read Long");
			received.clear();
			converter.fails = false;
			assertThat(deliver(listeners, new TextMessage("a"))).isEmpty();
			assertThat(received).contains("integer 1", "long 1");
		});
	}

	static class Typed {

		@Order(1)
		@HeartbeatMessageListener
		void first(String text) {
			received.add("string " + text);
		}

		@Order(2)
		@HeartbeatMessageListener
		void second(Integer number) {
			received.add("integer " + number);
		}

		@Order(3)
		@HeartbeatMessageListener
		void third(Long number) {
			received.add("long " + number);
		}

		@Order(4)
		@HeartbeatMessageListener
		void fourth(Integer number) {
			received.add("integer " + number);
		}

	}

	static class CountingConverter implements HeartbeatMessageConverter {

		private int asked;

		private boolean fails;

		@Override
		public boolean canRead(ResolvableType type) {
			this.asked++;
			return type.toClass() == Integer.class || type.toClass() == Long.class;
		}

		@Override
		public Object read(WebSocketMessage<?> message, ResolvableType type) {
			received.add("read " + type.toClass().getSimpleName());
			if (this.fails) {
				throw new IllegalArgumentException((String) message.getPayload());
			}
			return (type.toClass() == Long.class) ? (Object) 1L : 1;
		}

		@Override
		public boolean canWrite(Class<?> type) {
			return false;
		}

		@Override
		public WebSocketMessage<?> write(Object payload) {
			throw new UnsupportedOperationException();
		}

	}

	@Test
	void aProxyOfAnInterfaceIsCalled() {
		this.runner.withBean(ProxyingPostProcessor.class).withBean("proxy", Proxied.class).run((context) -> {
			assertThat(AopUtils.isJdkDynamicProxy(context.getBean("proxy"))).isTrue();
			assertThat(deliver(context, "quotes", new TextMessage(QUOTE))).isEmpty();
			assertThat(received).containsExactly("advice", new Quote("EURUSD", 1.25));
		});
	}

	interface QuoteHandler {

		void on(Quote quote);

	}

	static class Proxied implements QuoteHandler {

		@Override
		@HeartbeatMessageListener
		public void on(Quote quote) {
			received.add(quote);
		}

	}

	/**
	 * Creates a proxy of the interfaces of a bean.
	 */
	static class ProxyingPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		ProxyingPostProcessor() {
			this.advisor = new DefaultPointcutAdvisor((MethodInterceptor) (invocation) -> {
				received.add("advice");
				return invocation.proceed();
			});
		}

		@Override
		protected boolean isEligible(Class<?> type) {
			return type == Proxied.class;
		}

	}

	@Test
	void anAsynchronousMethodRunsOnItsOwnThread() throws Exception {
		this.runner.withUserConfiguration(AsyncConfiguration.class).run((context) -> {
			assertThat(AopUtils.isCglibProxy(context.getBean("listener"))).isTrue();
			assertThat(deliver(context, "quotes", new TextMessage(QUOTE))).isEmpty();
			AsyncListener.done.get(10, TimeUnit.SECONDS);
			assertThat(received).containsExactly(new Quote("EURUSD", 1.25));
			assertThat(AsyncListener.thread).isNotEqualTo(Thread.currentThread());
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class AsyncConfiguration {

		@Bean
		AsyncListener listener() {
			return new AsyncListener();
		}

	}

	static class AsyncListener {

		private static final CompletableFuture<Void> done = new CompletableFuture<>();

		private static volatile Thread thread;

		@Async
		@HeartbeatMessageListener
		void on(Quote quote) {
			thread = Thread.currentThread();
			received.add(quote);
			done.complete(null);
		}

	}

	@Test
	void aPrototypeIsCreatedForEachCallAndNotForTheSearch() {
		this.runner
			.withBean("listener", Counted.class, Counted::new,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
			.run((context) -> {
				assertThat(instances).hasValue(0);
				deliver(context, "quotes", new TextMessage("a"));
				deliver(context, "quotes", new TextMessage("b"));
				assertThat(received).containsExactly("1 a", "2 b");
			});
	}

	@Test
	void aLazyBeanIsCreatedWithTheFirstMessage() {
		this.runner.withBean("listener", Counted.class, Counted::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertThat(instances).hasValue(0);
				deliver(context, "quotes", new TextMessage("a"));
				deliver(context, "quotes", new TextMessage("b"));
				assertThat(received).containsExactly("1 a", "1 b");
			});
	}

	@Test
	void aBeanBehindAScopedProxyIsCalledOnce() {
		this.runner.withUserConfiguration(ScopedConfiguration.class).run((context) -> {
			deliver(context, "quotes", new TextMessage("a"));
			assertThat(received).hasSize(1);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConfiguration {

		@Bean
		@Scope(scopeName = BeanDefinition.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
		Counted scoped() {
			return new Counted();
		}

	}

	static class Counted {

		private final int instance = instances.incrementAndGet();

		@HeartbeatMessageListener
		void on(String text) {
			received.add(this.instance + " " + text);
		}

	}

	@Test
	void aBeanThatIsNotCreatedIsAnErrorOfTheMethod() {
		this.runner
			.withBean("listener", Uncreatable.class, Uncreatable::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(deliver(context, "quotes", new TextMessage("a"))).singleElement()
				.extracting(HeartbeatConnectionException::getKind)
				.isEqualTo(Kind.LISTENER));
	}

	static class Uncreatable {

		Uncreatable() {
			throw new IllegalStateException("for the test");
		}

		@HeartbeatMessageListener
		void on(String text) {
			received.add(text);
		}

	}

	@Test
	void aDestroyedSingletonIsReplaced() {
		run(Counted.class, (context) -> {
			List<HeartbeatListener> listeners = context.getBean(ClientListenerSource.class).forClient("quotes");
			deliver(listeners, new TextMessage("a"));
			((DefaultListableBeanFactory) context.getBeanFactory()).destroySingleton("listener");
			deliver(listeners, new TextMessage("b"));
			assertThat(received).containsExactly("1 a", "2 b");
		});
	}

	@Test
	void aBeanThatHasTheClientsInjectedListens() {
		this.runner.withBean(Injected.class).run((context) -> {
			assertThat(context).hasNotFailed();
			deliver(context, "quotes", new TextMessage("a"));
			assertThat(received).containsExactly("2 a");
		});
	}

	static class Injected {

		private final Map<String, HeartbeatClient> clients;

		Injected(Map<String, HeartbeatClient> clients) {
			this.clients = clients;
		}

		@HeartbeatMessageListener
		void on(String text) {
			received.add(this.clients.size() + " " + text);
		}

	}

	@Test
	void aConverterThatHasTheClientsInjectedConverts() {
		this.runner.withBean(InjectedConverter.class).withBean(Typed.class).run((context) -> {
			assertThat(context).hasNotFailed();
			deliver(context, "quotes", new TextMessage("a"));
			assertThat(received).contains("integer 1");
		});
	}

	static class InjectedConverter extends CountingConverter {

		InjectedConverter(Map<String, HeartbeatClient> clients, ObjectProvider<HeartbeatListener> listeners) {
			assertThat(clients).hasSize(2);
		}

	}

	@Test
	void whenHeartbeatIsDisabledThenNoMethodIsSearchedFor() {
		this.runner.withPropertyValues("heartbeat.enabled=false")
			.withBean(Failing.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MessageListenerMethods.class)
				.doesNotHaveBean(HeartbeatMessageConverter.class));
	}

}
