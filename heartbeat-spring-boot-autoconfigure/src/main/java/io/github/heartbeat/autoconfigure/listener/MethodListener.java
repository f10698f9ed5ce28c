package io.github.heartbeat.autoconfigure.listener;

import io.github.heartbeat.HeartbeatClient;
import io.github.heartbeat.HeartbeatConnectionException.Kind;
import io.github.heartbeat.HeartbeatListener;
import io.github.heartbeat.internal.hook.ListenerFailure;
import io.github.heartbeat.internal.message.PayloadConverters;
import io.github.heartbeat.internal.message.PayloadReader;
import io.github.heartbeat.internal.observe.UserCodeLog.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.WebSocketMessage;

/**
 * Calls one method for the messages of one client.
 */
final class MethodListener implements HeartbeatListener {

	private final MessageListenerMethod method;

	private final PayloadReader reader;

	private final PayloadConverters converters;

	/** {@code null} unless another method of the client has the same type. */
	private final @Nullable SharedPayload shared;

	/** Whether no method with the same type precedes this one. */
	private final boolean first;

	/** Whether no method with the same type follows this one. */
	private final boolean last;

	private final String name;

	/**
	 * Create a listener.
	 * @param shared the payload that methods with the same type share, or {@code null}
	 * @param first whether this is the first of these methods
	 * @param last whether this is the last of these methods
	 */
	MethodListener(MessageListenerMethod method, PayloadConverters converters, @Nullable SharedPayload shared,
			boolean first, boolean last) {
		this.method = method;
		this.reader = method.reader();
		this.converters = converters;
		this.shared = shared;
		this.first = first;
		this.last = last;
		this.name = method.signature().name();
	}

	@Override
	public void onMessage(HeartbeatClient client, WebSocketMessage<?> message) {
		if (!this.reader.accepts(message)) {
			return;
		}
		Object result = invoke(client, payload(message));
		if (result != null) {
			send(client, result);
		}
	}

	private Object payload(WebSocketMessage<?> message) {
		try {
			return (this.shared != null) ? read(this.shared, message) : this.reader.read(message);
		}
		catch (Throwable ex) {
			throw new ListenerFailure(Kind.CONVERSION, Callback.CONVERSION,
					" to " + this.method.signature().payloadType() + " for " + this.name, ex);
		}
	}

	private Object read(SharedPayload shared, WebSocketMessage<?> message) throws Throwable {
		if (this.first) {
			shared.clear();
		}
		try {
			return shared.read(this.reader, message);
		}
		finally {
			if (this.last) {
				shared.clear();
			}
		}
	}

	private @Nullable Object invoke(HeartbeatClient client, Object payload) {
		try {
			return this.method.invoke(client, payload);
		}
		catch (Throwable ex) {
			throw new ListenerFailure(Kind.LISTENER, Callback.METHOD, ", " + this.name + ",", ex);
		}
	}

	private void send(HeartbeatClient client, Object result) {
		try {
			client.send(this.converters.write(result));
		}
		catch (Throwable ex) {
			throw new ListenerFailure(Kind.CONVERSION, Callback.RESULT_CONVERSION,
					", a " + result.getClass().getTypeName() + " of " + this.name + ",", ex);
		}
	}

}
