/**
 * Auto-configuration of the actuator endpoint of the clients.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
