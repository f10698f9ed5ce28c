package io.github.heartbeat.annotation;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Set;

import io.github.heartbeat.HeartbeatClient;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Registers the method for invocation, and the types of its payload and its result for
 * binding. The permitted subclasses of a sealed type are registered too.
 */
class MessageListenerReflectiveProcessor implements ReflectiveProcessor {

	private static final Set<Class<?>> NOT_BOUND = Set.of(Void.class, Object.class, String.class);

	private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

	@Override
	public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
		if (element instanceof Method method) {
			hints.registerMethod(method, ExecutableMode.INVOKE);
			for (int i = 0; i < method.getParameterCount(); i++) {
				registerBinding(hints, new MethodParameter(method, i));
			}
			registerBinding(hints, MethodParameter.forExecutable(method, -1));
		}
	}

	private void registerBinding(ReflectionHints hints, MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		if (!type.isPrimitive() && !NOT_BOUND.contains(type) && !HeartbeatClient.class.isAssignableFrom(type)
				&& !WebSocketMessage.class.isAssignableFrom(type)) {
			this.bindings.registerReflectionHints(hints, parameter.getGenericParameterType());
			registerSubclasses(hints, parameter.getGenericParameterType());
		}
	}

	private void registerSubclasses(ReflectionHints hints, Type type) {
		if (type instanceof Class<?> sealed && sealed.isSealed()) {
			for (Class<?> subclass : sealed.getPermittedSubclasses()) {
				this.bindings.registerReflectionHints(hints, subclass);
				registerSubclasses(hints, subclass);
			}
		}
		else if (type instanceof ParameterizedType parameterized) {
			registerSubclasses(hints, parameterized.getRawType());
			for (Type argument : parameterized.getActualTypeArguments()) {
				registerSubclasses(hints, argument);
			}
		}
		else if (type instanceof GenericArrayType array) {
			registerSubclasses(hints, array.getGenericComponentType());
		}
		else if (type instanceof WildcardType wildcard) {
			for (Type bound : wildcard.getUpperBounds()) {
				registerSubclasses(hints, bound);
			}
		}
	}

}
