/**
 * The health of the clients.
 */
@NullMarked
package io.github.heartbeat.health;

import org.jspecify.annotations.NullMarked;
