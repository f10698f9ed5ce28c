package io.github.heartbeat.autoconfigure;

import java.lang.reflect.Method;

import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;

/**
 * Creates the listeners of {@link EventListener} methods whose only parameter is a
 * {@link HeartbeatMessageEvent}. They differ from those of Spring in the way they find a
 * singleton: they look it up in the registry of singletons instead of asking the bean
 * factory for it with each event, which costs more than all else that Spring does to call
 * the method.
 * <p>
 * Methods that another factory supports, such as transactional ones, are left to it.
 */
final class MessageEventListenerFactory implements EventListenerFactory, Ordered {

	private final ConfigurableBeanFactory beanFactory;

	MessageEventListenerFactory(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Right before Spring's own, which supports every method.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

	@Override
	public boolean supportsMethod(Method method) {
		return method.getParameterCount() == 1 && method.getParameterTypes()[0] == HeartbeatMessageEvent.class;
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		return this.beanFactory.isSingleton(beanName) ? new SingletonListener(beanName, type, method, this.beanFactory)
				: new ApplicationListenerMethodAdapter(beanName, type, method);
	}

	private static final class SingletonListener extends ApplicationListenerMethodAdapter {

		private final String beanName;

		private final SingletonBeanRegistry singletons;

		private volatile @Nullable Object resolved;

		SingletonListener(String beanName, Class<?> type, Method method, SingletonBeanRegistry singletons) {
			super(beanName, type, method);
			this.beanName = beanName;
			this.singletons = singletons;
		}

		/**
		 * The only parameter is the event, of a type that has been looked up already.
		 */
		@Override
		protected @Nullable Object @Nullable [] resolveArguments(ApplicationEvent event) {
			return (event instanceof HeartbeatMessageEvent) ? new Object[] { event } : super.resolveArguments(event);
		}

		/**
		 * A singleton that was destroyed, or that is the product of a factory bean, is
		 * asked for as Spring does.
		 */
		@Override
		protected Object getTargetBean() {
			Object resolved = this.resolved;
			if (resolved == null || this.singletons.getSingleton(this.beanName) != resolved) {
				resolved = super.getTargetBean();
				this.resolved = resolved;
			}
			return resolved;
		}

	}

}
