package io.github.heartbeat.autoconfigure.listener;

import io.github.heartbeat.internal.message.PayloadReader;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * The payload of one message of one client, which several methods receive as the same
 * type. It is read when the first method needs it. Used by one thread at a time, the
 * delivering one.
 */
final class SharedPayload {

	private @Nullable Object payload;

	private @Nullable Throwable failure;

	Object read(PayloadReader reader, WebSocketMessage<?> message) throws Throwable {
		if (this.failure != null) {
			throw this.failure;
		}
		Object payload = this.payload;
		if (payload == null) {
			try {
				payload = reader.read(message);
				this.payload = payload;
			}
			catch (Throwable ex) {
				this.failure = ex;
				throw ex;
			}
		}
		return payload;
	}

	void clear() {
		this.payload = null;
		this.failure = null;
	}

}
