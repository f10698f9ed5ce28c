/**
 * What an application touches: the clients, their settings, and the interfaces through
 * which it customizes and observes them.
 *
 * @serial exclude
 */
@NullMarked
package io.github.heartbeat;

import org.jspecify.annotations.NullMarked;
