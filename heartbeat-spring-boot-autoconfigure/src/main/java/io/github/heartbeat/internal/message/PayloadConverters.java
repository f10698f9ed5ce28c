package io.github.heartbeat.internal.message;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.heartbeat.internal.runtime.EngineLog;
import io.github.heartbeat.message.HeartbeatMessageConverter;
import io.github.heartbeat.message.JsonHeartbeatMessageConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Conversion between messages and objects: by the payload types that need no converter,
 * then by the converters in order, last by the one for JSON. The converter of a type is
 * determined once. Thread-safe.
 */
public final class PayloadConverters {

	private static final EngineLog logger = EngineLog.of(PayloadConverters.class);

	private final Supplier<List<HeartbeatMessageConverter>> converters;

	/** The readers of types that a converter reads. */
	private final Map<ResolvableType, PayloadReader> readers = new ConcurrentHashMap<>();

	/** The converters of classes that a converter writes. */
	private final Map<Class<?>, HeartbeatMessageConverter> writers = new ConcurrentHashMap<>();

	/**
	 * Create the conversion.
	 * @param converters the converters in order; resolved when they are first needed, so
	 * that clients can be injected into them
	 */
	public PayloadConverters(Supplier<List<HeartbeatMessageConverter>> converters) {
		this.converters = SingletonSupplier.of(() -> jsonLast(converters.get()));
	}

	private static List<HeartbeatMessageConverter> jsonLast(List<HeartbeatMessageConverter> converters) {
		return Stream
			.concat(converters.stream().filter((converter) -> !isJson(converter)),
					converters.stream().filter(PayloadConverters::isJson))
			.toList();
	}

	private static boolean isJson(HeartbeatMessageConverter converter) {
		return converter instanceof JsonHeartbeatMessageConverter;
	}

	/**
	 * Return a reader for a type, or {@code null} if no converter reads it.
	 */
	public @Nullable PayloadReader reader(ResolvableType type) {
		PayloadReader direct = DirectReaders.find(type);
		if (direct != null) {
			return direct;
		}
		if (WebSocketMessage.class.isAssignableFrom(type.toClass())) {
			return null;
		}
		return this.readers.computeIfAbsent(type, this::converterReader);
	}

	private @Nullable PayloadReader converterReader(ResolvableType type) {
		for (HeartbeatMessageConverter converter : this.converters.get()) {
			if (converter.canRead(type)) {
				return new ConverterReader(converter, type, ClassUtils.resolvePrimitiveIfNecessary(type.toClass()));
			}
		}
		return null;
	}

	/**
	 * Return whether objects of a class can be written.
	 */
	public boolean canWrite(Class<?> type) {
		return isDirect(type) || writer(ClassUtils.resolvePrimitiveIfNecessary(type)) != null;
	}

	private static boolean isDirect(Class<?> type) {
		return type == String.class || type == byte[].class || ByteBuffer.class.isAssignableFrom(type)
				|| WebSocketMessage.class.isAssignableFrom(type);
	}

	private @Nullable HeartbeatMessageConverter writer(Class<?> type) {
		HeartbeatMessageConverter known = this.writers.get(type);
		if (known != null) {
			return known;
		}
		for (HeartbeatMessageConverter converter : this.converters.get()) {
			if (converter.canWrite(type)) {
				this.writers.put(type, converter);
				return converter;
			}
		}
		return null;
	}

	/**
	 * Write an object.
	 * @return the message, which may still be one that cannot be sent
	 * @throws Exception if there is no converter for the object, or if it cannot be
	 * written; the exception can contain parts of the object
	 */
	public WebSocketMessage<?> write(Object payload) throws Exception {
		if (payload instanceof String text) {
			return new TextMessage(text);
		}
		if (payload instanceof WebSocketMessage<?> message) {
			return message;
		}
		if (payload instanceof byte[] bytes) {
			return new BinaryMessage(bytes);
		}
		if (payload instanceof ByteBuffer buffer) {
			return new BinaryMessage(buffer);
		}
		HeartbeatMessageConverter converter = writer(payload.getClass());
		if (converter == null) {
			throw new NoConverterException(payload.getClass());
		}
		@Nullable WebSocketMessage<?> message = converter.write(payload);
		Assert.state(message != null, "The converter returned null");
		return message;
	}

	/**
	 * Write an object that a user sends.
	 * @return the message, which may still be one that cannot be sent
	 * @throws IllegalArgumentException if the object is {@code null} or cannot be
	 * written; without any part of the object
	 */
	public WebSocketMessage<?> write(String clientName, @Nullable Object payload) {
		if (payload == null) {
			throw new IllegalArgumentException(
					"Client '" + clientName + "' cannot send null. Pass an object to convertAndSend.");
		}
		String type = payload.getClass().getTypeName();
		try {
			return write(payload);
		}
		catch (NoConverterException ex) {
			throw new IllegalArgumentException("Client '" + clientName + "' cannot send an object of type " + type
					+ ": no converter writes it. Add the dependency "
					+ "org.springframework.boot:spring-boot-starter-jackson, or define a HeartbeatMessageConverter "
					+ "bean that writes it.");
		}
		catch (Throwable ex) {
			if (ex instanceof VirtualMachineError error && !(ex instanceof StackOverflowError)) {
				throw error;
			}
			logger.debug("Client '" + clientName + "' cannot send an object of type " + type, ex);
			throw new IllegalArgumentException(
					"Client '" + clientName + "' cannot send an object of type " + type + ": its conversion threw "
							+ ex.getClass().getName() + ". Correct the object or its type; the logger "
							+ PayloadConverters.class.getName() + " shows the exception at DEBUG.");
		}
	}

	/**
	 * No converter writes the class.
	 */
	private static final class NoConverterException extends Exception {

		NoConverterException(Class<?> type) {
			super("No converter writes " + type.getTypeName());
		}

	}

	private record ConverterReader(HeartbeatMessageConverter converter, ResolvableType type,
			Class<?> payloadClass) implements PayloadReader {

		@Override
		public boolean isShared() {
			return true;
		}

		@Override
		public Object read(WebSocketMessage<?> message) throws Exception {
			@Nullable Object payload = this.converter.read(DirectReaders.separate(message), this.type);
			Assert.state(this.payloadClass.isInstance(payload), "The converter returned null or another type");
			return payload;
		}

	}

}
