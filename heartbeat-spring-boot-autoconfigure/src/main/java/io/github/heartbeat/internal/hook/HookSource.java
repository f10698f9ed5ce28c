package io.github.heartbeat.internal.hook;

/**
 * The connection that a hook belongs to, as far as the delivery of hooks depends on it.
 */
public interface HookSource {

	/**
	 * Whether the connection has ended: its messages are delivered no more. Safe from any
	 * thread.
	 */
	boolean hasEnded();

}
