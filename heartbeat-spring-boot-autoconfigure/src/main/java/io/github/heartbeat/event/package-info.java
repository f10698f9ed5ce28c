/**
 * Hooks of the clients as application events.
 *
 * @serial exclude
 */
@NullMarked
package io.github.heartbeat.event;

import org.jspecify.annotations.NullMarked;
