/**
 * One connection for several replicas of an application.
 *
 * @serial exclude
 */
@NullMarked
package io.github.heartbeat.leader;

import org.jspecify.annotations.NullMarked;
