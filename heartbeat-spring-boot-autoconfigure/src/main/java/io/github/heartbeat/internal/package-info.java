/**
 * The engine. Public only to itself and to the auto-configuration; no application may use
 * it. It depends on Spring Framework, not on Spring Boot.
 */
@NullMarked
package io.github.heartbeat.internal;

import org.jspecify.annotations.NullMarked;
