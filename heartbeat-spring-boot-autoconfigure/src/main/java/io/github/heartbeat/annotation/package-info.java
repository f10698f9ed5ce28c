/**
 * Annotations for methods that handle the messages of WebSocket clients.
 */
@NullMarked
package io.github.heartbeat.annotation;

import org.jspecify.annotations.NullMarked;
