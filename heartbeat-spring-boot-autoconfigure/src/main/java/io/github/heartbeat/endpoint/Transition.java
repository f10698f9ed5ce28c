package io.github.heartbeat.endpoint;

import java.time.Instant;

import io.github.heartbeat.HeartbeatClientState;
import org.jspecify.annotations.Nullable;

/**
 * A change of state.
 *
 * @param at when
 * @param state the new state
 * @param cause what ended the state before, or {@code null} if nothing went wrong
 * @since 0.1.0
 */
public record Transition(Instant at, HeartbeatClientState state, @Nullable String cause) {
}
