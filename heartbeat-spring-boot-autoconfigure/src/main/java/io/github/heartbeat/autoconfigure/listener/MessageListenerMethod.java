package io.github.heartbeat.autoconfigure.listener;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.internal.message.PayloadReader;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * A method that listens to messages.
 */
final class MessageListenerMethod {

	private final Method method;

	private final ListenerBean bean;

	private final ListenerSignature signature;

	private final Set<String> clientNames;

	private final PayloadReader reader;

	private final int order;

	private final int parameterCount;

	private final boolean isStatic;

	/**
	 * Create a listener method.
	 * @param method the method to invoke on the bean, which can be a proxy
	 * @param clientNames the names of the clients; empty means all clients
	 */
	MessageListenerMethod(Method method, ListenerBean bean, ListenerSignature signature, Set<String> clientNames,
			PayloadReader reader, int order) {
		ReflectionUtils.makeAccessible(method);
		this.method = method;
		this.bean = bean;
		this.signature = signature;
		this.clientNames = clientNames;
		this.reader = reader;
		this.order = order;
		this.parameterCount = method.getParameterCount();
		this.isStatic = Modifier.isStatic(method.getModifiers());
	}

	String beanName() {
		return this.bean.name();
	}

	ListenerSignature signature() {
		return this.signature;
	}

	Set<String> clientNames() {
		return this.clientNames;
	}

	PayloadReader reader() {
		return this.reader;
	}

	int order() {
		return this.order;
	}

	boolean listensTo(String clientName) {
		return this.clientNames.isEmpty() || this.clientNames.contains(clientName);
	}

	/**
	 * Call the method.
	 * @return its result
	 * @throws Throwable what the method throws, or why its bean is not available
	 */
	@Nullable Object invoke(HeartbeatClient client, Object payload) throws Throwable {
		@Nullable Object[] arguments = new Object[this.parameterCount];
		arguments[this.signature.payloadIndex()] = payload;
		if (this.signature.clientIndex() >= 0) {
			arguments[this.signature.clientIndex()] = client;
		}
		try {
			return this.method.invoke(this.isStatic ? null : this.bean.get(), arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
