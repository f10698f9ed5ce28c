/**
 * Auto-configuration for the Actuator endpoint of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
