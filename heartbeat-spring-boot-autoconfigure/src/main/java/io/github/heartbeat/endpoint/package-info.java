/**
 * The actuator endpoint of the clients.
 */
@NullMarked
package io.github.heartbeat.endpoint;

import org.jspecify.annotations.NullMarked;
