package io.github.heartbeat.endpoint;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Change of the state or of the lease of a client.
 *
 * @param at the time of the change
 * @param state the new state, {@code LEASE_GRANTED} or {@code LEASE_LOST}
 * @param cause the failure that ended the previous state, the reason why the lease was
 * lost, or {@code null} if there was none
 * @since 0.1.0
 */
public record Transition(Instant at, String state, @Nullable String cause) {
}
