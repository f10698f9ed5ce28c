package io.github.heartbeat.internal.hook;

import org.jspecify.annotations.Nullable;

/**
 * One hook on its way to the listeners.
 *
 * @param type what it is
 * @param source the connection that it belongs to, or {@code null}
 * @param delivery calls the listeners
 */
public record Hook(Type type, @Nullable HookSource source, Runnable delivery) {

	public enum Type {

		OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED

	}

}
