package io.github.heartbeat.autoconfigure.listener;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/**
 * The bean of a listener method. It is created when it is first needed. A bean that is
 * not a singleton is requested for each call.
 */
final class ListenerBean {

	private final String name;

	private final ConfigurableBeanFactory beanFactory;

	private volatile @Nullable Object resolved;

	ListenerBean(String name, ConfigurableBeanFactory beanFactory) {
		this.name = name;
		this.beanFactory = beanFactory;
	}

	String name() {
		return this.name;
	}

	/**
	 * Return the bean. The singleton registry is faster than the bean factory. It does
	 * not have a destroyed singleton or the product of a factory bean.
	 */
	Object get() {
		Object resolved = this.resolved;
		if (resolved == null || this.beanFactory.getSingleton(this.name) != resolved) {
			resolved = this.beanFactory.getBean(this.name);
			this.resolved = resolved;
		}
		return resolved;
	}

}
