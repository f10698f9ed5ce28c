/**
 * Auto-configuration and configuration properties of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure;

import org.jspecify.annotations.NullMarked;
