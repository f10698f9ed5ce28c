/**
 * An open connection: what is received, the heartbeat monitor and the session of users.
 */
@NullMarked
package io.github.heartbeat.internal.connection;

import org.jspecify.annotations.NullMarked;
