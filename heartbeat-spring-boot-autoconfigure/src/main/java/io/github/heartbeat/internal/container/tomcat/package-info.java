/**
 * Tomcat's WebSocket client.
 */
@NullMarked
package io.github.heartbeat.internal.container.tomcat;

import org.jspecify.annotations.NullMarked;
