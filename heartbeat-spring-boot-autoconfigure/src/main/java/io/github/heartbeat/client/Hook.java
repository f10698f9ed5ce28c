package io.github.heartbeat.client;

import org.jspecify.annotations.Nullable;

/**
 * One hook on its way to the listeners.
 *
 * @param type what it is
 * @param source the connection that it belongs to, or {@code null}
 * @param delivery calls the listeners
 */
record Hook(Type type, @Nullable HookSource source, Runnable delivery) {

	enum Type {

		OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED

	}

}
