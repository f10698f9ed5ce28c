/**
 * The engine. It knows Spring Framework and nothing of Spring Boot.
 * <p>
 * Each client has one {@link io.github.heartbeat.client.ClientStateMachine}, the only
 * place that changes its state. What happens to an
 * {@link io.github.heartbeat.client.ConnectionAttempt} arrives there with the attempt's
 * number. An attempt that succeeds becomes a
 * {@link io.github.heartbeat.client.Connection}, which has a
 * {@link io.github.heartbeat.client.HeartbeatMonitor} and an
 * {@link io.github.heartbeat.client.Outbox}. Hooks leave through the
 * {@link io.github.heartbeat.client.HookQueue}. What is sent while there is no connection
 * waits in a {@link io.github.heartbeat.client.SendQueue} of the client, which the next
 * outbox writes first.
 * <p>
 * Locks are taken in this order and never held over a call that may block: state machine,
 * then hook queue, monitor or outbox, then send queue, then its bounds; and last that of
 * a {@link io.github.heartbeat.client.DeferringExecutor}, under which nothing is handed
 * over.
 * <p>
 * They are no monitors where an executor or the timer is called under them, which have
 * locks of their own: before JDK 24 (JEP 491) a virtual thread that waits for one of
 * those within a monitor keeps its carrier, and the thread that is to have the lock first
 * may be a virtual one that finds no carrier left.
 */
@NullMarked
package io.github.heartbeat.client;

import org.jspecify.annotations.NullMarked;
