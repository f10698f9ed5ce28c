package io.github.heartbeat.endpoint;

import java.time.Instant;

import io.github.heartbeat.HeartbeatClientState;
import org.jspecify.annotations.Nullable;

/**
 * Change of the state of a client.
 *
 * @param at the time of the change
 * @param state the new state
 * @param cause the failure that ended the previous state, or {@code null} if there was
 * none
 * @since 0.1.0
 */
public record Transition(Instant at, HeartbeatClientState state, @Nullable String cause) {
}
