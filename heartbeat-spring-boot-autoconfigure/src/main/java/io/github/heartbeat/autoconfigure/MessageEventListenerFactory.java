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
 * {@link HeartbeatMessageEvent}. Unlike those of Spring, they look up a singleton bean in
 * the singleton registry instead of the bean factory. The look-up in the bean factory
 * takes more time than the rest of the call.
 * <p>
 * Other factories, such as the one for transactional methods, have precedence.
 */
final class MessageEventListenerFactory implements EventListenerFactory, Ordered {

	private final ConfigurableBeanFactory beanFactory;

	MessageEventListenerFactory(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Directly before the default factory, which supports all methods.
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
		 * Return the event without type resolution. It is the only parameter, and its
		 * type was checked when the listener was created.
		 */
		@Override
		protected @Nullable Object @Nullable [] resolveArguments(ApplicationEvent event) {
			return (event instanceof HeartbeatMessageEvent) ? new Object[] { event } : super.resolveArguments(event);
		}

		/**
		 * Use the bean factory for a destroyed singleton and for the product of a factory
		 * bean.
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
