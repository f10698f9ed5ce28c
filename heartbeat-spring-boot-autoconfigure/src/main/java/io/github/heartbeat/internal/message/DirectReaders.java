package io.github.heartbeat.internal.message;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Readers of the payload types that need no converter.
 */
enum DirectReaders implements PayloadReader {

	TEXT {

		@Override
		public Object read(WebSocketMessage<?> message) throws CharacterCodingException {
			return (message instanceof BinaryMessage binary) ? decode(binary.getPayload()) : message.getPayload();
		}

	},

	BYTES {

		@Override
		public Object read(WebSocketMessage<?> message) {
			return bytes(message);
		}

	},

	BUFFER {

		@Override
		public Object read(WebSocketMessage<?> message) {
			return (message instanceof BinaryMessage binary) ? binary.getPayload().asReadOnlyBuffer()
					: ByteBuffer.wrap(bytes(message)).asReadOnlyBuffer();
		}

	},

	MESSAGE {

		@Override
		public Object read(WebSocketMessage<?> message) {
			return separate(message);
		}

	},

	TEXT_MESSAGE {

		@Override
		public boolean accepts(WebSocketMessage<?> message) {
			return message instanceof TextMessage;
		}

		@Override
		public Object read(WebSocketMessage<?> message) {
			return message;
		}

	},

	BINARY_MESSAGE {

		@Override
		public boolean accepts(WebSocketMessage<?> message) {
			return message instanceof BinaryMessage;
		}

		@Override
		public Object read(WebSocketMessage<?> message) {
			return separate(message);
		}

	};

	/**
	 * Return the reader of a type, or {@code null} if the type needs a converter or is
	 * not one of messages that are received.
	 */
	static @Nullable DirectReaders find(ResolvableType type) {
		Class<?> payload = type.toClass();
		if (payload == String.class) {
			return TEXT;
		}
		if (payload == byte[].class) {
			return BYTES;
		}
		if (payload == ByteBuffer.class) {
			return BUFFER;
		}
		if (payload == TextMessage.class) {
			return TEXT_MESSAGE;
		}
		if (payload == BinaryMessage.class) {
			return BINARY_MESSAGE;
		}
		return (payload == WebSocketMessage.class) ? ofMessage(type.getGeneric()) : null;
	}

	private static @Nullable DirectReaders ofMessage(ResolvableType payload) {
		Class<?> type = payload.toClass();
		if (type == Object.class) {
			return MESSAGE;
		}
		if (type == String.class) {
			return TEXT_MESSAGE;
		}
		return (type == ByteBuffer.class) ? BINARY_MESSAGE : null;
	}

	/**
	 * Return a message whose buffer is separate and read-only.
	 */
	static WebSocketMessage<?> separate(WebSocketMessage<?> message) {
		return (message instanceof BinaryMessage binary) ? new BinaryMessage(binary.getPayload().asReadOnlyBuffer())
				: message;
	}

	private static String decode(ByteBuffer bytes) throws CharacterCodingException {
		CharBuffer text = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPORT)
			.onUnmappableCharacter(CodingErrorAction.REPORT)
			.decode(bytes.asReadOnlyBuffer());
		return text.toString();
	}

	private static byte[] bytes(WebSocketMessage<?> message) {
		if (!(message instanceof BinaryMessage binary)) {
			return ((String) message.getPayload()).getBytes(StandardCharsets.UTF_8);
		}
		ByteBuffer buffer = binary.getPayload().asReadOnlyBuffer();
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	/**
	 * Text cannot change. Methods do not share buffers and arrays.
	 */
	@Override
	public boolean isShared() {
		return this == TEXT || this == TEXT_MESSAGE;
	}

}
