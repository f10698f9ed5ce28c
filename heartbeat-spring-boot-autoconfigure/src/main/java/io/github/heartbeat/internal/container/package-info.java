/**
 * Selection, verification and replacement of the Jakarta WebSocket client, and the
 * transport of a session. Subpackages hold everything that depends on a container.
 */
@NullMarked
package io.github.heartbeat.internal.container;

import org.jspecify.annotations.NullMarked;
