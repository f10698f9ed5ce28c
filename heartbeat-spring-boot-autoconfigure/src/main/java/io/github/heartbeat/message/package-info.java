/**
 * Conversion between messages and objects.
 */
@NullMarked
package io.github.heartbeat.message;

import org.jspecify.annotations.NullMarked;
