package io.github.heartbeat.internal.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Puts the pieces of messages together, so that memory follows the messages in flight and
 * not the limit. Pieces may be cut anywhere, between the two halves of a surrogate pair
 * too. Confined to the thread that reads.
 */
public final class MessageAssembler {

	private final long maxBytes;

	private @Nullable StringBuilder text;

	private @Nullable ByteArrayOutputStream binary;

	private long bytes;

	private char lastChar;

	public MessageAssembler(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	/**
	 * Add a piece.
	 * @param piece a text or binary message, perhaps partial
	 * @return the complete message or {@code null} if more is to come
	 * @throws MessageTooLargeException if the message is larger than the limit
	 */
	public @Nullable WebSocketMessage<?> add(WebSocketMessage<?> piece) throws MessageTooLargeException {
		return (piece instanceof TextMessage textPiece) ? addText(textPiece) : addBinary((BinaryMessage) piece);
	}

	private @Nullable WebSocketMessage<?> addText(TextMessage piece) throws MessageTooLargeException {
		String payload = piece.getPayload();
		if (this.text == null && piece.isLast()) {
			if (payload.length() * 3L > this.maxBytes) {
				count(Utf8.length(payload));
				reset();
			}
			return piece;
		}
		count(Utf8.length(payload, this.lastChar));
		if (!payload.isEmpty()) {
			this.lastChar = payload.charAt(payload.length() - 1);
		}
		StringBuilder text = (this.text != null) ? this.text : new StringBuilder(payload.length());
		text.append(payload);
		this.text = text;
		if (!piece.isLast()) {
			return null;
		}
		reset();
		return new TextMessage(text);
	}

	private @Nullable WebSocketMessage<?> addBinary(BinaryMessage piece) throws MessageTooLargeException {
		ByteBuffer payload = piece.getPayload();
		count(payload.remaining());
		byte[] copy = new byte[payload.remaining()];
		payload.get(copy);
		if (this.binary == null && piece.isLast()) {
			reset();
			return new BinaryMessage(copy);
		}
		ByteArrayOutputStream binary = (this.binary != null) ? this.binary : new ByteArrayOutputStream(copy.length);
		binary.writeBytes(copy);
		this.binary = binary;
		if (!piece.isLast()) {
			return null;
		}
		reset();
		return new BinaryMessage(binary.toByteArray());
	}

	private void count(long more) throws MessageTooLargeException {
		this.bytes += more;
		if (this.bytes > this.maxBytes) {
			long size = this.bytes;
			reset();
			throw new MessageTooLargeException(size);
		}
	}

	private void reset() {
		this.text = null;
		this.binary = null;
		this.bytes = 0;
		this.lastChar = 0;
	}

	/**
	 * A message is larger than the limit.
	 */
	public static final class MessageTooLargeException extends Exception {

		MessageTooLargeException(long atLeast) {
			super("at least " + atLeast + " bytes");
		}

	}

}
