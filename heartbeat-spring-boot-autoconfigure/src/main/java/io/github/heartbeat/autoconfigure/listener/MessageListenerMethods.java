package io.github.heartbeat.autoconfigure.listener;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.listener.MessageListeners.AnnotatedBean;
import io.github.heartbeat.internal.client.ClientListenerSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Finds the methods with {@link HeartbeatMessageListener} as Spring finds those with
 * {@code @EventListener}: when all singletons exist, by the types of the beans, without
 * creating any. The beans of Spring itself are left out. The classes that call the
 * methods are loaded if there are any.
 */
final class MessageListenerMethods implements ClientListenerSource, BeanFactoryPostProcessor,
		SmartInitializingSingleton, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(MessageListenerMethods.class);

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	private volatile @Nullable MessageListeners listeners;

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	private ConfigurableListableBeanFactory beanFactory() {
		ConfigurableListableBeanFactory beanFactory = this.beanFactory;
		Assert.state(beanFactory != null, "The bean factory was not post-processed");
		return beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<AnnotatedBean> found = new ArrayList<>();
		for (String beanName : beanFactory().getBeanNamesForType(Object.class)) {
			if (!ScopedProxyUtils.isScopedTarget(beanName)) {
				findMethods(beanName, found);
			}
		}
		if (!found.isEmpty()) {
			this.listeners = new MessageListeners(beanFactory(), found);
		}
	}

	private void findMethods(String beanName, List<AnnotatedBean> found) {
		Class<?> type = targetClass(beanName);
		if (type == null || !AnnotationUtils.isCandidateClass(type, HeartbeatMessageListener.class)
				|| isOfSpring(type)) {
			return;
		}
		Map<Method, HeartbeatMessageListener> methods = annotated(beanName, type);
		if (!methods.isEmpty()) {
			found.add(new AnnotatedBean(beanName, type, methods));
		}
	}

	/**
	 * Return whether a class is one of Spring's own beans. Components of an application
	 * can be in a package of that name, too.
	 */
	private static boolean isOfSpring(Class<?> type) {
		return type.getName().startsWith("org.springframework.")
				&& !AnnotatedElementUtils.isAnnotated(ClassUtils.getUserClass(type), Component.class);
	}

	/**
	 * Return the class of a bean behind its proxies, or {@code null} if it is not known.
	 */
	private @Nullable Class<?> targetClass(String beanName) {
		try {
			Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory(), beanName);
			if (type != null && ScopedObject.class.isAssignableFrom(type)) {
				Class<?> scoped = AutoProxyUtils.determineTargetClass(beanFactory(),
						ScopedProxyUtils.getTargetBeanName(beanName));
				return (scoped != null) ? scoped : type;
			}
			return type;
		}
		catch (Throwable ex) {
			logger.debug("The class of bean '" + beanName + "' is not known", ex);
			return null;
		}
	}

	private Map<Method, HeartbeatMessageListener> annotated(String beanName, Class<?> type) {
		try {
			return MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<HeartbeatMessageListener>) (method) -> AnnotatedElementUtils
						.findMergedAnnotation(method, HeartbeatMessageListener.class));
		}
		catch (Throwable ex) {
			logger.debug("The methods of bean '" + beanName + "' are not known", ex);
			return Map.of();
		}
	}

	@Override
	public List<HeartbeatListener> forClient(String clientName) {
		MessageListeners listeners = this.listeners;
		return (listeners != null) ? listeners.forClient(clientName) : List.of();
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		MessageListeners listeners = this.listeners;
		ConfigurableApplicationContext context = event.getApplicationContext();
		if (listeners != null && context.getBeanFactory() == this.beanFactory) {
			new UnknownClientWarning(context).check(listeners.methods());
		}
	}

}
