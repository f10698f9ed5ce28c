package io.github.heartbeat.autoconfigure.listener;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.annotation.HeartbeatMessageListener;
import io.github.heartbeat.autoconfigure.listener.InvalidMessageListenersException.Problem;
import io.github.heartbeat.internal.client.DefaultHeartbeatClients;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.message.PayloadReader;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;

/**
 * The listeners of the methods with {@link HeartbeatMessageListener}.
 */
final class MessageListeners {

	private final ConfigurableListableBeanFactory beanFactory;

	private final List<MessageListenerMethod> methods;

	/**
	 * Create the listeners.
	 * @param found the methods by the names and the classes of their beans
	 * @throws InvalidMessageListenersException if methods cannot listen to messages
	 */
	MessageListeners(ConfigurableListableBeanFactory beanFactory, List<AnnotatedBean> found) {
		this.beanFactory = beanFactory;
		List<MessageListenerMethod> methods = new ArrayList<>();
		List<Problem> problems = new ArrayList<>();
		for (AnnotatedBean bean : found) {
			create(bean, methods, problems);
		}
		if (!problems.isEmpty()) {
			problems.sort(Comparator.comparing(Problem::description));
			throw new InvalidMessageListenersException(problems);
		}
		methods.sort(Comparator.comparingInt(MessageListenerMethod::order));
		this.methods = List.copyOf(methods);
	}

	List<MessageListenerMethod> methods() {
		return this.methods;
	}

	private void create(AnnotatedBean bean, List<MessageListenerMethod> methods, List<Problem> problems) {
		for (Map.Entry<Method, HeartbeatMessageListener> found : bean.methods().entrySet()) {
			Method method = found.getKey();
			try {
				methods.add(create(bean.name(), bean.type(), method, found.getValue()));
			}
			catch (InvalidMethodException ex) {
				problems.add(new Problem(
						"Method " + ListenerSignature.name(method, bean.type()) + " of bean '" + bean.name() + "' ("
								+ ClassUtils.getUserClass(bean.type()).getName() + ") " + ex.getMessage() + ".",
						ex.getAction()));
			}
		}
	}

	private MessageListenerMethod create(String beanName, Class<?> type, Method method,
			HeartbeatMessageListener annotation) {
		Set<String> clientNames = clientNames(annotation);
		ListenerSignature signature = ListenerSignature.of(method, type);
		Method invocable = invocable(beanName, method);
		PayloadConverters converters = this.beanFactory.getBean(PayloadConverters.class);
		PayloadReader reader = converters.reader(signature.payloadType());
		if (reader == null) {
			throw new InvalidMethodException(
					"has a payload of type " + signature.payloadType() + ", which no converter reads",
					converterAction("reads", signature.payloadType()));
		}
		if (signature.hasTypedResult() && !converters.canWrite(signature.resultType().toClass())) {
			throw new InvalidMethodException(
					"has a result of type " + signature.resultType() + ", which no converter writes",
					converterAction("writes", signature.resultType()));
		}
		return new MessageListenerMethod(invocable, new ListenerBean(beanName, this.beanFactory), signature,
				clientNames, reader, order(method));
	}

	private Set<String> clientNames(HeartbeatMessageListener annotation) {
		Set<String> names = new LinkedHashSet<>();
		for (String value : annotation.value()) {
			String name = resolve(value);
			if (!DefaultHeartbeatClients.isValidName(name)) {
				throw new InvalidMethodException("listens to '" + name + "', which cannot be the name of a client",
						"Use the name of a client: lower-case letters, digits and dashes, and no dash in front. "
								+ "If it comes from a placeholder, set the property.");
			}
			names.add(name);
		}
		return names;
	}

	private String resolve(String value) {
		try {
			String resolved = this.beanFactory.resolveEmbeddedValue(value);
			return (resolved != null) ? resolved : "";
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidMethodException("listens to '" + value + "', which has an unknown placeholder",
					"Set the property of the placeholder, or give it a default as in '${property:default}'.");
		}
	}

	/**
	 * Return the method to call on the bean, which can be a proxy.
	 */
	private Method invocable(String beanName, Method method) {
		if (Modifier.isStatic(method.getModifiers())) {
			return method;
		}
		try {
			return AopUtils.selectInvocableMethod(method, this.beanFactory.getType(beanName));
		}
		catch (IllegalStateException ex) {
			throw new InvalidMethodException("cannot be called through the proxy of the bean",
					"Make the method public and declare it in an interface of the bean, or use proxies of the class "
							+ "(proxyTargetClass = true). A private method cannot be called through a proxy.");
		}
	}

	private static String converterAction(String verb, ResolvableType type) {
		boolean isJackson = ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper",
				MessageListeners.class.getClassLoader());
		return (isJackson ? "Define a single or a primary bean of type JsonMapper"
				: "Add the dependency org.springframework.boot:spring-boot-starter-jackson")
				+ ", or define a HeartbeatMessageConverter bean that " + verb + " " + type + ".";
	}

	private static int order(Method method) {
		Order order = AnnotatedElementUtils.findMergedAnnotation(method, Order.class);
		return (order != null) ? order.value() : Ordered.LOWEST_PRECEDENCE;
	}

	/**
	 * Return the listeners of a client, which only this client calls.
	 */
	List<HeartbeatListener> forClient(String clientName) {
		List<MessageListenerMethod> methods = this.methods.stream()
			.filter((method) -> method.listensTo(clientName))
			.toList();
		Map<ResolvableType, List<MessageListenerMethod>> sharing = new HashMap<>();
		for (MessageListenerMethod method : methods) {
			if (method.reader().isShared()) {
				sharing.computeIfAbsent(method.signature().payloadType(), (type) -> new ArrayList<>()).add(method);
			}
		}
		if (methods.isEmpty()) {
			return List.of();
		}
		PayloadConverters converters = this.beanFactory.getBean(PayloadConverters.class);
		Map<ResolvableType, SharedPayload> payloads = new HashMap<>();
		List<HeartbeatListener> listeners = new ArrayList<>();
		for (MessageListenerMethod method : methods) {
			ResolvableType type = method.signature().payloadType();
			List<MessageListenerMethod> same = sharing.getOrDefault(type, List.of());
			boolean shared = same.size() > 1;
			listeners.add(new MethodListener(method, converters,
					shared ? payloads.computeIfAbsent(type, (key) -> new SharedPayload()) : null,
					shared && same.get(0) == method, shared && same.get(same.size() - 1) == method));
		}
		return listeners;
	}

	/**
	 * A bean with annotated methods.
	 *
	 * @param name the name of the bean
	 * @param type the class behind its proxies
	 * @param methods the methods
	 */
	record AnnotatedBean(String name, Class<?> type, Map<Method, HeartbeatMessageListener> methods) {
	}

}
