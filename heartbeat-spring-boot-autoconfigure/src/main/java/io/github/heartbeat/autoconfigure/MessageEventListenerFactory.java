package io.github.heartbeat.autoconfigure;

import java.lang.reflect.Method;

import io.github.heartbeat.event.HeartbeatMessageEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;

/**
 * Makes listeners of those {@link EventListener} methods that hear messages, which differ
 * from Spring's in one point: a singleton is asked for once. Spring asks the bean factory
 * for each event, and that costs more than all else it does to call the method.
 * <p>
 * Methods that another factory knows, such as the transactional ones, are left to it.
 */
final class MessageEventListenerFactory implements EventListenerFactory, Ordered {

	private final BeanFactory beanFactory;

	MessageEventListenerFactory(BeanFactory beanFactory) {
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
		return this.beanFactory.isSingleton(beanName) ? new SingletonListener(beanName, type, method)
				: new ApplicationListenerMethodAdapter(beanName, type, method);
	}

	private static final class SingletonListener extends ApplicationListenerMethodAdapter {

		private volatile @Nullable Object singleton;

		SingletonListener(String beanName, Class<?> type, Method method) {
			super(beanName, type, method);
		}

		/**
		 * The only parameter is the event, of a type that has been looked up already.
		 */
		@Override
		protected @Nullable Object @Nullable [] resolveArguments(ApplicationEvent event) {
			return (event instanceof HeartbeatMessageEvent) ? new Object[] { event } : super.resolveArguments(event);
		}

		@Override
		protected Object getTargetBean() {
			Object singleton = this.singleton;
			if (singleton == null) {
				singleton = super.getTargetBean();
				this.singleton = singleton;
			}
			return singleton;
		}

	}

}
