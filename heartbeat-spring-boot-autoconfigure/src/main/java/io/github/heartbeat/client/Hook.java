package io.github.heartbeat.client;

import org.jspecify.annotations.Nullable;

/**
 * One hook on its way to the listeners.
 *
 * @param type what it is
 * @param connection the connection that it is about, or {@code null}
 * @param delivery calls the listeners
 */
record Hook(Type type, @Nullable Connection connection, Runnable delivery) {

	enum Type {

		OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED

	}

}
