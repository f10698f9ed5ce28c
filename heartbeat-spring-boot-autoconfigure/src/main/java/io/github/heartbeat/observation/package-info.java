/**
 * Observations of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.observation;

import org.jspecify.annotations.NullMarked;
