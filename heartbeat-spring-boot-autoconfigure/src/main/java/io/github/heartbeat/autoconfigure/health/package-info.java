/**
 * Auto-configuration for the health of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
