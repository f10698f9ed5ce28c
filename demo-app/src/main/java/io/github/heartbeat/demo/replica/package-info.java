/**
 * Profiles that run the demo as several replicas, of which one is connected.
 */
@NullMarked
package io.github.heartbeat.demo.replica;

import org.jspecify.annotations.NullMarked;
