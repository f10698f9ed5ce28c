/**
 * Auto-configuration for messages in JSON.
 */
@NullMarked
package io.github.heartbeat.autoconfigure.json;

import org.jspecify.annotations.NullMarked;
