/**
 * Actuator endpoint of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.endpoint;

import org.jspecify.annotations.NullMarked;
