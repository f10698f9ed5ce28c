/**
 * Jetty's WebSocket client.
 */
@NullMarked
package io.github.heartbeat.internal.container.jetty;

import org.jspecify.annotations.NullMarked;
