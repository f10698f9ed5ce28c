/**
 * Auto-configuration for the meters of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
