/**
 * Auto-configuration for the observations of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
