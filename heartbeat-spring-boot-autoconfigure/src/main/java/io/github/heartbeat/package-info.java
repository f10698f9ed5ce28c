/**
 * Public API: clients, their settings, and interfaces to customize and observe them.
 *
 * @serial exclude
 */
@NullMarked
package io.github.heartbeat;

import org.jspecify.annotations.NullMarked;
