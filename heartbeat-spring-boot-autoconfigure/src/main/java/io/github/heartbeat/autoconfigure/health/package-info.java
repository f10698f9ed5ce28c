/**
 * Auto-configuration of the health of the clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
