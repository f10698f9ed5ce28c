/**
 * Auto-configuration for methods that listen to the messages of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.listener;

import org.jspecify.annotations.NullMarked;
