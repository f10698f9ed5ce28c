package io.github.heartbeat.message;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Converter between JSON and objects of all types, based on Jackson. It reads text and
 * binary messages and writes text messages. It is asked after all other converters,
 * whatever its order.
 *
 * @since 0.1.0
 */
public final class JsonHeartbeatMessageConverter implements HeartbeatMessageConverter {

	private final JsonMapper mapper;

	private final Map<ResolvableType, ObjectReader> readers = new ConcurrentHashMap<>();

	/**
	 * Create a new converter.
	 * @param mapper the mapper that reads and writes JSON
	 */
	public JsonHeartbeatMessageConverter(JsonMapper mapper) {
		Assert.notNull(mapper, "'mapper' must not be null");
		this.mapper = mapper;
	}

	@Override
	public boolean canRead(ResolvableType type) {
		return true;
	}

	@Override
	public Object read(WebSocketMessage<?> message, ResolvableType type) {
		ObjectReader reader = this.readers.computeIfAbsent(type, this::reader);
		@Nullable Object value = (message instanceof BinaryMessage binary) ? reader.readValue(bytes(binary.getPayload()))
				: reader.readValue((String) message.getPayload());
		Assert.state(value != null, "The JSON is null");
		return value;
	}

	private ObjectReader reader(ResolvableType type) {
		return this.mapper.readerFor(this.mapper.constructType(type.getType()));
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	@Override
	public boolean canWrite(Class<?> type) {
		return true;
	}

	@Override
	public WebSocketMessage<?> write(Object payload) {
		return new TextMessage(this.mapper.writeValueAsString(payload));
	}

}
