package io.github.heartbeat.internal.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Assembles messages from fragments, so that memory use depends on the messages in flight
 * and not on the limit. A fragment can end anywhere, even within a surrogate pair.
 * Confined to the thread that reads.
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
	 * Add a fragment.
	 * @param fragment a text or binary message, complete or partial
	 * @return the complete message, or {@code null} if more fragments follow
	 * @throws MessageTooLargeException if the message is larger than the limit
	 */
	public @Nullable WebSocketMessage<?> add(WebSocketMessage<?> fragment) throws MessageTooLargeException {
		return (fragment instanceof TextMessage textFragment) ? addText(textFragment)
				: addBinary((BinaryMessage) fragment);
	}

	private @Nullable WebSocketMessage<?> addText(TextMessage fragment) throws MessageTooLargeException {
		String payload = fragment.getPayload();
		if (this.text == null && fragment.isLast()) {
			if (payload.length() * 3L > this.maxBytes) {
				count(Utf8.length(payload));
				reset();
			}
			return fragment;
		}
		count(Utf8.length(payload, this.lastChar));
		if (!payload.isEmpty()) {
			this.lastChar = payload.charAt(payload.length() - 1);
		}
		StringBuilder text = (this.text != null) ? this.text : new StringBuilder(payload.length());
		text.append(payload);
		this.text = text;
		if (!fragment.isLast()) {
			return null;
		}
		reset();
		return new TextMessage(text);
	}

	private @Nullable WebSocketMessage<?> addBinary(BinaryMessage fragment) throws MessageTooLargeException {
		ByteBuffer payload = fragment.getPayload();
		count(payload.remaining());
		byte[] copy = new byte[payload.remaining()];
		payload.get(copy);
		if (this.binary == null && fragment.isLast()) {
			reset();
			return new BinaryMessage(copy);
		}
		ByteArrayOutputStream binary = (this.binary != null) ? this.binary : new ByteArrayOutputStream(copy.length);
		binary.writeBytes(copy);
		this.binary = binary;
		if (!fragment.isLast()) {
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
