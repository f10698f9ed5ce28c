package io.github.heartbeat.internal.hook;

import org.jspecify.annotations.Nullable;

/**
 * A hook that waits for delivery to the listeners.
 *
 * @param type the type of the hook
 * @param source the connection of the hook, or {@code null} if it belongs to none
 * @param delivery calls the listeners
 */
public record Hook(Type type, @Nullable HookSource source, Runnable delivery) {

	public enum Type {

		INITIALIZE, OPEN, MESSAGE, ERROR, CLOSE, RECONNECT, EXHAUSTED, SUBSCRIPTION, LEASE

	}

}
