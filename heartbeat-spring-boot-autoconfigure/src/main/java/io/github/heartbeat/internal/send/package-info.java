/**
 * Sending: the outbox of a connection, bounded queues, and the futures of messages.
 */
@NullMarked
package io.github.heartbeat.internal.send;

import org.jspecify.annotations.NullMarked;
