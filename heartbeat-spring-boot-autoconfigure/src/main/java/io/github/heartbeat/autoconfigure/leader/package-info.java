/**
 * Auto-configuration for led clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.leader;

import org.jspecify.annotations.NullMarked;
