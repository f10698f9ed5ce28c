package io.github.heartbeat.internal.hook;

/**
 * The connection of a hook, as seen by the delivery of hooks.
 */
public interface HookSource {

	/**
	 * Whether the connection has ended; its messages are no longer delivered.
	 * Thread-safe.
	 */
	boolean hasEnded();

	/**
	 * Whether a message that waited may be delivered now. Thread-safe.
	 */
	boolean mayDeliver();

}
