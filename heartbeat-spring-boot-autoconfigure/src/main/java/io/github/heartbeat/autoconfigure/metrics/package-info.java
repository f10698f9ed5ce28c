/**
 * Auto-configuration of the meters of the clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
