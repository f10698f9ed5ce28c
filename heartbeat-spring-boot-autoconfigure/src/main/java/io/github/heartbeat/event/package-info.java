/**
 * The hooks of the clients as application events.
 */
@NullMarked
package io.github.heartbeat.event;

import org.jspecify.annotations.NullMarked;
