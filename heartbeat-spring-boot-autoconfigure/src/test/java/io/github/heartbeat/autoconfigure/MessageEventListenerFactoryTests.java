package io.github.heartbeat.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.event.HeartbeatEvent;
import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.web.socket.TextMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class MessageEventListenerFactoryTests {

	private final HeartbeatClient client = mock(HeartbeatClient.class);

	private final CountingBeanFactory beans = new CountingBeanFactory();

	private final List<String> heard = new ArrayList<>();

	@BeforeEach
	void nameTheClient() {
		given(this.client.getName()).willReturn("quotes");
	}

	@Test
	void aSingletonIsAskedForOnce() {
		try (AnnotationConfigApplicationContext context = context(BeanDefinition.SCOPE_SINGLETON)) {
			publish(context, "a", "b", "c");
			assertThat(this.heard).containsExactly("a", "b", "c");
			assertThat(this.beans.asked).isEqualTo(1);
			assertThat(context.getBean(Listener.class).events).isEqualTo(3);
		}
	}

	@Test
	void aDestroyedSingletonIsNotCalled() {
		try (AnnotationConfigApplicationContext context = context(BeanDefinition.SCOPE_SINGLETON)) {
			publish(context, "a");
			Listener first = context.getBean(Listener.class);
			this.beans.destroySingleton("listener");
			publish(context, "b", "c");
			assertThat(this.heard).containsExactly("a", "b", "c");
			assertThat(first.events).isEqualTo(1);
			assertThat(context.getBean(Listener.class)).isNotSameAs(first)
				.extracting((listener) -> listener.events)
				.isEqualTo(2);
		}
	}

	@Test
	void theProductOfAFactoryBeanIsCalled() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(this.beans)) {
			context.registerBean("factory", MessageEventListenerFactory.class,
					() -> new MessageEventListenerFactory(this.beans));
			context.registerBean("listener", ListenerFactoryBean.class, () -> new ListenerFactoryBean(this.heard));
			context.refresh();
			publish(context, "a", "b");
			assertThat(this.heard).containsExactly("a", "b");
		}
	}

	@Test
	void anyOtherBeanIsAskedForWithEachEvent() {
		try (AnnotationConfigApplicationContext context = context(BeanDefinition.SCOPE_PROTOTYPE)) {
			publish(context, "a", "b", "c");
			assertThat(this.heard).containsExactly("a", "b", "c");
			assertThat(this.beans.asked).isEqualTo(3);
		}
	}

	/**
	 * A payload event is not a message event, although its payload is one.
	 */
	@Test
	void whatSpringDoesNotCallTheMethodWithIsNotHeard() {
		try (AnnotationConfigApplicationContext context = context(BeanDefinition.SCOPE_SINGLETON)) {
			context.publishEvent(
					new PayloadApplicationEvent<>(this, new HeartbeatMessageEvent(this.client, new TextMessage("a"))));
			assertThat(this.heard).isEmpty();
		}
	}

	@Test
	void conditionsHold() {
		given(this.client.getName()).willReturn("trades");
		try (AnnotationConfigApplicationContext context = context(BeanDefinition.SCOPE_SINGLETON)) {
			publish(context, "a");
			assertThat(this.heard).isEmpty();
		}
	}

	@Test
	void onlyMethodsThatHearMessagesAreSupported() throws Exception {
		MessageEventListenerFactory factory = new MessageEventListenerFactory(this.beans);
		assertThat(factory.supportsMethod(Listener.class.getMethod("onMessage", HeartbeatMessageEvent.class))).isTrue();
		assertThat(factory.supportsMethod(Others.class.getMethod("onEvent", HeartbeatEvent.class))).isFalse();
		assertThat(factory.supportsMethod(Others.class.getMethod("onMessage"))).isFalse();
	}

	private AnnotationConfigApplicationContext context(String scope) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(this.beans);
		context.registerBean("factory", MessageEventListenerFactory.class,
				() -> new MessageEventListenerFactory(this.beans));
		context.registerBean("listener", Listener.class, () -> new Listener(this.heard),
				(definition) -> definition.setScope(scope));
		context.refresh();
		this.beans.asked = 0;
		return context;
	}

	private void publish(AnnotationConfigApplicationContext context, String... texts) {
		Arrays.stream(texts)
			.map((text) -> new HeartbeatMessageEvent(this.client, new TextMessage(text)))
			.forEach(context::publishEvent);
	}

	static class Listener {

		private final List<String> heard;

		private int events;

		Listener(List<String> heard) {
			this.heard = heard;
		}

		@EventListener(condition = "event.clientName == 'quotes'")
		public void onMessage(HeartbeatMessageEvent event) {
			this.events++;
			this.heard.add((String) event.getMessage().getPayload());
		}

	}

	static class ListenerFactoryBean implements FactoryBean<Listener> {

		private final Listener listener;

		ListenerFactoryBean(List<String> heard) {
			this.listener = new Listener(heard);
		}

		@Override
		public Listener getObject() {
			return this.listener;
		}

		@Override
		public Class<?> getObjectType() {
			return Listener.class;
		}

	}

	static class Others {

		@EventListener
		public void onEvent(HeartbeatEvent event) {
		}

		@EventListener(HeartbeatMessageEvent.class)
		public void onMessage() {
		}

	}

	/**
	 * Counts the look-ups of the listener.
	 */
	private static final class CountingBeanFactory extends DefaultListableBeanFactory {

		private int asked;

		@Override
		public Object getBean(String name) {
			if (name.equals("listener")) {
				this.asked++;
			}
			return super.getBean(name);
		}

	}

}
