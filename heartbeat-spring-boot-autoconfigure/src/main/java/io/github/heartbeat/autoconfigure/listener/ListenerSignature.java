package io.github.heartbeat.autoconfigure.listener;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import io.github.heartbeat.HeartbeatClient;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The parameters and the result of a listener method.
 *
 * @param name the method, such as {@code QuoteListener.on(Quote)}
 * @param payloadIndex the index of the payload parameter
 * @param clientIndex the index of the client parameter, or -1
 * @param payloadType the type of the payload, with its generics
 * @param resultType the declared type of the result
 */
record ListenerSignature(String name, int payloadIndex, int clientIndex, ResolvableType payloadType,
		ResolvableType resultType) {

	private static final Set<String> REACTIVE_TYPES = Set.of("org.reactivestreams.Publisher",
			"kotlinx.coroutines.flow.Flow");

	/**
	 * Read the signature of a method.
	 * @param method the method
	 * @param type the class of the bean, which may have the type arguments of the method
	 * @return the signature
	 * @throws InvalidMethodException if the method cannot listen
	 */
	static ListenerSignature of(Method method, Class<?> type) {
		Class<?>[] parameters = method.getParameterTypes();
		int payload = -1;
		int client = -1;
		for (int i = 0; i < parameters.length; i++) {
			if (HeartbeatClient.class.isAssignableFrom(parameters[i])) {
				require(client < 0, "has two parameters for the client");
				client = i;
			}
			else {
				require(payload < 0, "has more than one parameter for the payload");
				payload = i;
			}
		}
		require(payload >= 0, "has no parameter for the payload");
		ResolvableType result = resolve(method.getGenericReturnType(), type);
		if (isAsynchronous(result.toClass())) {
			throw new InvalidMethodException("has a result of type " + result + ", which is not supported",
					"Return void, and call convertAndSend of the HeartbeatClient when the object is available.");
		}
		return new ListenerSignature(name(method, type), payload, client,
				resolve(method.getGenericParameterTypes()[payload], type), result);
	}

	private static ResolvableType resolve(Type type, Class<?> context) {
		return ResolvableType.forType(GenericTypeResolver.resolveType(type, context));
	}

	private static void require(boolean condition, String mistake) {
		if (!condition) {
			throw new InvalidMethodException(mistake,
					"Declare one parameter for the payload and at most one of type HeartbeatClient.");
		}
	}

	private static boolean isAsynchronous(Class<?> result) {
		return Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result)
				|| Flow.Publisher.class.isAssignableFrom(result) || isReactive(result);
	}

	/**
	 * By name, because Reactive Streams is not a dependency.
	 */
	private static boolean isReactive(@Nullable Class<?> type) {
		return type != null && (REACTIVE_TYPES.contains(type.getName()) || isReactive(type.getSuperclass())
				|| Arrays.stream(type.getInterfaces()).anyMatch(ListenerSignature::isReactive));
	}

	static String name(Method method, Class<?> type) {
		return ClassUtils.getUserClass(type).getSimpleName() + "." + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	/**
	 * Whether the declared type of the result decides which converter writes it.
	 */
	boolean hasTypedResult() {
		Class<?> result = this.resultType.toClass();
		return result != void.class && result != Void.class && result != Object.class;
	}

}
