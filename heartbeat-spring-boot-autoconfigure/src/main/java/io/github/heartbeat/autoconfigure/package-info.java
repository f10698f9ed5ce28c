/**
 * Beans and properties, and nothing else.
 */
@NullMarked
package io.github.heartbeat.autoconfigure;

import org.jspecify.annotations.NullMarked;
