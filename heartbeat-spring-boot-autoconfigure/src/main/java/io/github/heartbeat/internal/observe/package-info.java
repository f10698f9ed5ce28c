/**
 * What observers, snapshots and the log receive about a client.
 */
@NullMarked
package io.github.heartbeat.internal.observe;

import org.jspecify.annotations.NullMarked;
