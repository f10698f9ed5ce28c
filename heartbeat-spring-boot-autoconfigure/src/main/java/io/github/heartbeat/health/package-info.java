/**
 * Health of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.health;

import org.jspecify.annotations.NullMarked;
