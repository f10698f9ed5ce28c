/**
 * The Jakarta WebSocket clients: how a container is chosen, checked and replaced, and a
 * transport for each session. Subpackages hold all that depends on a container.
 */
@NullMarked
package io.github.heartbeat.internal.container;

import org.jspecify.annotations.NullMarked;
