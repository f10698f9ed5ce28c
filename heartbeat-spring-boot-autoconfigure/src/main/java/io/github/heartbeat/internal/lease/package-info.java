/**
 * The leases of led clients: who holds which, for how long, and when it is renewed.
 */
@NullMarked
package io.github.heartbeat.internal.lease;

import org.jspecify.annotations.NullMarked;
