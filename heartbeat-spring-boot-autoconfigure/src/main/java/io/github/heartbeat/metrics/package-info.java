/**
 * Meters of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.metrics;

import org.jspecify.annotations.NullMarked;
