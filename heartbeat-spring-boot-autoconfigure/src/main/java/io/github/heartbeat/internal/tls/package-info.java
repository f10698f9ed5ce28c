/**
 * TLS contexts of connections and their reload.
 */
@NullMarked
package io.github.heartbeat.internal.tls;

import org.jspecify.annotations.NullMarked;
