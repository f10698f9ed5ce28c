/**
 * The life of a client: its state machine, with a class for each state, the decision
 * about each reconnect, and the lifecycle of all clients.
 * <p>
 * {@link io.github.heartbeat.internal.client.ClientStateMachine} is the only class that
 * changes the state of a client. The signals of attempts and connections arrive there and
 * are dropped unless their sender belongs to the current phase.
 * <p>
 * This package uses all others of the engine: {@code connect} makes a {@code connection},
 * which delivers through {@code hook}, writes through {@code send} and checks and
 * assembles messages by {@code message}. {@code container} and {@code tls} adapt the
 * Jakarta WebSocket clients, {@code observe} and {@code runtime} serve everything else.
 * No package uses one before it in this list.
 * <p>
 * Locks are acquired in this order: state machine; hook queue, heartbeat monitor or
 * outbox; send queue; the bounds of a send queue; deferring executor. No call that may
 * block is made while one is held. Where an executor or the timer is called under a lock,
 * the lock is no monitor: before JDK 24 (JEP 491) a virtual thread that waits within a
 * monitor keeps its carrier, and the thread that should release the lock may find no
 * carrier left.
 */
@NullMarked
package io.github.heartbeat.internal.client;

import org.jspecify.annotations.NullMarked;
