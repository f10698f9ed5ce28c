package io.github.heartbeat.client;

/**
 * The connection that a hook belongs to, as far as the delivery of hooks depends on it.
 */
interface HookSource {

	/**
	 * Whether the connection has ended: its messages are delivered no more. Safe from any
	 * thread.
	 */
	boolean hasEnded();

}
