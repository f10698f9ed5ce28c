/**
 * Serial delivery of the hooks of a client to its listeners.
 */
@NullMarked
package io.github.heartbeat.internal.hook;

import org.jspecify.annotations.NullMarked;
