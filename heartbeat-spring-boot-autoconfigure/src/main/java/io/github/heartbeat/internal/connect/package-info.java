/**
 * An attempt to connect: its handshake, its permit and what went wrong.
 */
@NullMarked
package io.github.heartbeat.internal.connect;

import org.jspecify.annotations.NullMarked;
