/**
 * The engine. Its types are public only to each other and to the auto-configuration;
 * applications must not use them. It depends on Spring Framework, not on Spring Boot.
 */
@NullMarked
package io.github.heartbeat.internal;

import org.jspecify.annotations.NullMarked;
